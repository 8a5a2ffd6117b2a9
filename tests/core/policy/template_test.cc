// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "daemon/core/policy/filters.h"
#include "daemon/core/policy/tagging.h"

namespace rollout {
namespace {

struct Wrong {
  const char* name;
  const char* text;
  const char* sentence;
};

class WrongTemplate : public testing::TestWithParam<Wrong> {};

TEST_P(WrongTemplate, TellsTheColumnAndWhatToWrite) {
  const auto parsed = Template::parse(GetParam().text);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error(), GetParam().sentence);
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongTemplate,
    testing::Values(
        Wrong{"Unclosed", "v{git.commit",
              "column 2: \"{\" is never closed; write \"{{\" for a brace"},
        Wrong{"Unopened", "v}", "column 2: \"}\" closes nothing; write \"}}\" for a brace"},
        Wrong{"Empty", "a{}", "column 2: \"{\" is followed by no fact; write \"{{\" for a brace"},
        Wrong{"Family", "{build}",
              "column 2: build is no fact; build has digest, files, bytes, "
              "time, name"},
        Wrong{"Misspelled", "{git.comit}",
              "column 2: git.comit is no fact; git has commit, branch, tag, subject, author, "
              "dirty"},
        Wrong{"Unknown", "{env.HOME}",
              "column 2: env.HOME is no fact; facts begin with build, git, package, info, worker, "
              "host or policy"},
        Wrong{"BareInfo", "{info.}", "column 2: info. is no fact; write info. and a dotted path"},
        Wrong{"Filter", "{git.commit|short}",
              "column 13: \"short\" is no filter; there are lower, upper, slug, truncate:N, "
              "default:\"text\" and size"},
        Wrong{"NoNumber", "{git.commit:x}",
              "column 13: after \":\" comes a number of characters, or a time format that begins "
              "with %"},
        Wrong{"Zero", "{git.commit:0}", "column 13: the least number is 1"},
        Wrong{"Huge", "{git.commit:12345}", "column 13: 12345 is too large a number"},
        Wrong{"TruncateWithout", "{git.subject|truncate}",
              "column 22: write truncate:N with a number of bytes"},
        Wrong{"TruncateText", "{git.subject|truncate:x}",
              "column 23: write truncate:N with a number of bytes"},
        Wrong{"DefaultBare", "{git.tag|default:none}",
              "column 17: write default:\"text\" with the text in quotes"},
        Wrong{"DefaultOpen", "{git.tag|default:\"none}",
              "column 17: write default:\"text\" with the text in quotes"},
        Wrong{"Argument", "{git.tag|lower:3}", "column 15: lower takes no argument"},
        Wrong{"Conversion", "{build.time:%Y-%Q}", "column 16: \"%Q\" is no part of a time"},
        Wrong{"LineFeed", "{build.time:%n}", "column 13: \"%n\" is no part of a time"},
        Wrong{"OpenConversion", "{build.time:%}", "column 13: \"%\" is no part of a time"},
        Wrong{"Space", "{git.tag |lower}",
              "column 9: \" \" is neither a filter nor the closing brace"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Template, HasPiecesInOrder) {
  const auto parsed = Template::parse("a{{b}}{git.branch|slug|truncate:20}{info.ci.run:3}!");
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(parsed->text(), "a{{b}}{git.branch|slug|truncate:20}{info.ci.run:3}!");
  const auto& pieces = parsed->pieces();
  ASSERT_EQ(pieces.size(), 4U);
  EXPECT_EQ(pieces[0].literal, "a{b}");
  EXPECT_EQ(pieces[1].fact, "git.branch");
  ASSERT_EQ(pieces[1].filters.size(), 2U);
  EXPECT_EQ(pieces[1].filters[1].kind, Template::Filter::Kind::truncate);
  EXPECT_EQ(pieces[1].filters[1].argument, "20");
  EXPECT_EQ(pieces[2].fact, "info.ci.run");
  EXPECT_EQ(pieces[2].filters[0].kind, Template::Filter::Kind::first);
  EXPECT_EQ(pieces[3].literal, "!");
}

TEST(Template, MayBeEmpty) {
  EXPECT_TRUE(Template::parse("")->pieces().empty());
}

struct Filtered {
  const char* field;
  const char* value;
  const char* expect;
};

TEST(Filter, ChangesTheValue) {
  constexpr Filtered kCases[] = {
      {"{git.commit:8}", "e44b07d1c2aa", "e44b07d1"},
      {"{git.commit:99}", "e44b", "e44b"},
      {"{git.subject:2}", "\xC3\xA9\xC3\xA9\xC3\xA9", "\xC3\xA9\xC3\xA9"},
      {"{git.branch|lower}", "Feature/\xC3\x84", "feature/\xC3\x84"},
      {"{git.branch|upper}", "fix-1", "FIX-1"},
      {"{git.branch|slug}", "Feature/Add  Login__now", "feature-add-login-now"},
      {"{git.branch|slug}", "--a.b--", "a-b"},
      {"{git.branch|slug}", "\xE6\x97\xA5\xE6\x9C\xAC", ""},
      {"{git.subject|truncate:8}", "short", "short"},
      {"{git.subject|truncate:8}", "longer than", "longe\xE2\x80\xA6"},
      {"{build.bytes|size}", "0", "0 B"},
      {"{build.bytes|size}", "1023", "1023 B"},
      {"{build.bytes|size}", "1536", "1.5 KiB"},
      {"{build.bytes|size}", "421888", "412 KiB"},
      {"{build.bytes|size}", "67108864", "64 MiB"},
      {"{build.bytes|size}", "5368709120", "5.0 GiB"},
      {"{build.time:%Y-%m-%d %H:%M}", "2026-03-10T12:34:56.789Z", "2026-03-10 12:34"},
      {"{build.time:%d %b %Y, %S%%}", "2026-03-10T01:34:56.789+02:00", "09 Mar 2026, 56%"},
  };
  for (const Filtered& c : kCases) {
    const auto parsed = Template::parse(c.field);
    ASSERT_TRUE(parsed) << parsed.error();
    const auto changed = apply_filter(parsed->pieces().at(0).filters.at(0), c.value);
    ASSERT_TRUE(changed) << changed.error();
    EXPECT_EQ(*changed, c.expect) << c.field;
  }
}

TEST(Filter, RefusesWhatItCannotRead) {
  const auto error = [](const char* field, const char* value) {
    return apply_filter(Template::parse(field)->pieces()[0].filters[0], value).error();
  };
  EXPECT_EQ(error("{info.at:%Y}", "yesterday"), "\"yesterday\" is no RFC 3339 time");
  EXPECT_EQ(error("{info.n|size}", "12k"), "\"12k\" is no number of bytes");
  EXPECT_EQ(error("{info.n|size}", ""), "\"\" is no number of bytes");
}

TEST(Truncate, CutsAtACharacterWithinTheBudget) {
  EXPECT_EQ(truncate_utf8("abcdef", 6), "abcdef");
  EXPECT_EQ(truncate_utf8("abcdefg", 6), "abc\xE2\x80\xA6");
  EXPECT_EQ(truncate_utf8("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 7), "\xC3\xA9\xC3\xA9\xE2\x80\xA6");
  EXPECT_EQ(truncate_utf8("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 6), "\xC3\xA9\xE2\x80\xA6");
  EXPECT_EQ(truncate_utf8("\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 7), "\xF0\x9F\x98\x80\xE2\x80\xA6");
  EXPECT_EQ(truncate_utf8("\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 6), "\xE2\x80\xA6");
  EXPECT_EQ(truncate_utf8("abcd", 3), "\xE2\x80\xA6");
  EXPECT_EQ(truncate_utf8("abcd", 2), "");
}

}  // namespace
}  // namespace rollout
