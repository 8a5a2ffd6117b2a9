// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/wrangler/document.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rollout {
namespace {

TEST(Document, JsonKnowsTheLineOfEachMember) {
  Lines lines;
  const auto parsed = parse_document(R"({
  // a comment with "quotes": {
  "name": "shop", /* two
  lines */ "vars": {
    "A/B~C": "x", "D": [1,
      {"e\"f": 2},
    ],
  },
  "last": "//no comment",
})",
                                     Syntax::jsonc, lines);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(line_of(lines, "/name"), 3);
  EXPECT_EQ(line_of(lines, "/vars"), 4);
  EXPECT_EQ(line_of(lines, "/vars/A~1B~0C"), 5);
  EXPECT_EQ(line_of(lines, "/vars/D/0"), 5);
  EXPECT_EQ(line_of(lines, "/vars/D/1/e\"f"), 6);
  EXPECT_EQ(line_of(lines, "/last"), 9);
}

TEST(Document, TomlGivesTheSameTreeAndItsLines) {
  Lines lines;
  const auto parsed = parse_document(R"(# a comment
name = "shop"
compatibility_date = 2026-11-01
[vars]
A = "x"
B = 1.5
[[kv_namespaces]]
binding = "KV"
id = "0f"
[[kv_namespaces]]
binding = "KV2"
[env.staging]
workers_dev = true
)",
                                     Syntax::toml, lines);
  ASSERT_TRUE(parsed) << parsed.error().message;
  const Json wanted = {{"name", "shop"},
                       {"compatibility_date", "2026-11-01"},
                       {"vars", {{"A", "x"}, {"B", 1.5}}},
                       {"kv_namespaces", {{{"binding", "KV"}, {"id", "0f"}}, {{"binding", "KV2"}}}},
                       {"env", {{"staging", {{"workers_dev", true}}}}}};
  EXPECT_EQ(*parsed, wanted);
  EXPECT_EQ(line_of(lines, "/vars/B"), 6);
  EXPECT_EQ(line_of(lines, "/kv_namespaces/1"), 10);
  EXPECT_EQ(line_of(lines, "/env/staging/workers_dev"), 13);
}

TEST(Document, ALineIsThatOfTheNearestMember) {
  const Lines lines = {{"/a", 3}, {"/a/b", 5}};
  EXPECT_EQ(line_of(lines, "/a/b/c/d"), 5);
  EXPECT_EQ(line_of(lines, "/a/x"), 3);
  EXPECT_EQ(line_of(lines, "/z"), 1);
}

TEST(Document, AByteOrderMarkIsSkipped) {
  Lines lines;
  EXPECT_TRUE(parse_document("\xEF\xBB\xBF{\"a\":1}", Syntax::jsonc, lines));
  EXPECT_TRUE(lines.contains("/a"));
}

struct Broken {
  const char* text;
  Syntax syntax;
  int line;
};

class BrokenDocument : public testing::TestWithParam<Broken> {};

TEST_P(BrokenDocument, IsAnErrorWithItsLine) {
  Lines lines;
  const auto parsed = parse_document(GetParam().text, GetParam().syntax, lines);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().line, GetParam().line) << parsed.error().message;
  EXPECT_FALSE(parsed.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(All, BrokenDocument,
                         testing::Values(Broken{"a = 1\nb = = 2\n", Syntax::toml, 2},
                                         Broken{"a = 1\na = 2\n", Syntax::toml, 2},
                                         Broken{"{", Syntax::jsonc, 1},
                                         Broken{"{\n \"a\": 1,\n \"a\": 2\n}", Syntax::jsonc, 3},
                                         Broken{"{\n \"a\": 1,\n b: 2\n}", Syntax::jsonc, 3}));

TEST(Document, TextThatIsNoJsonEndsAllTheSame) {
  for (const char* text : {"[}", "{\"a\": [\n}", "{]", "[,,", "{\"a", "{\"a\\", "/*", "/", "[/",
                           "}}", "{\"a\"", "{\"a\":", "{:", "[\"\\"}) {
    Lines lines;
    EXPECT_FALSE(parse_document(text, Syntax::jsonc, lines)) << text;
  }
}

TEST(Document, LongNamesDoNotMultiply) {
  std::string text = "{\"" + std::string(400'000, 'n') + "\":[";
  for (int i = 0; i < 50'000; ++i) text += "1,";
  Lines lines;
  ASSERT_TRUE(parse_document(text + "1]}", Syntax::jsonc, lines));
  std::size_t bytes = 0;
  for (const auto& [pointer, line] : lines) bytes += pointer.size();
  EXPECT_LT(bytes, 20'000'000U);
}

TEST(Document, DeepDottedKeysAreRefused) {
  Lines lines;
  std::string text = "a";
  for (int i = 0; i < 500'000; ++i) text += ".a";
  EXPECT_FALSE(parse_document(text + " = 1\n", Syntax::toml, lines));
}

TEST(Document, DeepTomlIsRefused) {
  Lines lines;
  const std::string deep = "a = " + std::string(60, '[') + std::string(60, ']');
  EXPECT_FALSE(parse_document(deep, Syntax::toml, lines));
}

}  // namespace
}  // namespace rollout
