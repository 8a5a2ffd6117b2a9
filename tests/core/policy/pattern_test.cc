// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/pattern.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

struct Match {
  const char* pattern;
  const char* text;
  bool expect;
};

TEST(Pattern, MatchesTheWholeText) {
  constexpr Match kCases[] = {
      {"main", "main", true},
      {"main", "main2", false},
      {"main", "Main", false},
      {"v*", "v", true},
      {"v*", "v1.2.3", true},
      {"v*", "av1", false},
      {"*", "", true},
      {"*", "feature/x/y", true},
      {"feature/*", "feature/a/b", true},
      {"*-rc*", "1-rc-rc2", true},
      {"a*b*c", "a-b-b-c", true},
      {"a*b*c", "a-b-b-d", false},
      {"**", "anything", true},
      {"v?", "v1", true},
      {"v?", "v", false},
      {"v?", "v/", true},
      {"v?", "v12", false},
      {"v?", "v\xC3\xA9", true},  // One character, two bytes.
      {"?", "\xFF", true},        // No UTF-8: one byte is one character.
      {"*?x", "\xC3\xA9\xC3\xA9x", true},
      {"1.0", "110", false},  // A dot is a dot.
      {"re:v[0-9]+", "v12", true},
      {"re:v[0-9]+", "v12a", false},
      {"re:(feature|fix)/.*", "fix/a/b", true},
      {"re:a|b", "ab", false},
      {"re:V1", "v1", false},
      {"re:.*", "", true},
      {"re:hold-(fix|demo)", "hold-demo", true},  // The ends of the range that it can match.
      {"re:hold-(fix|demo)", "hold-fix", true},
      {"re:hold-(fix|demo)", "hold-fixes", false},
      {"re:a(?i)bc*", "aBCC", true},
      {"re:x{20}[\xC3\xA9-\xC3\xAF]", "xxxxxxxxxxxxxxxxxxxx\xC3\xAF", true},
  };
  for (const Match& c : kCases) {
    const auto pattern = Pattern::parse(c.pattern);
    ASSERT_TRUE(pattern) << pattern.error();
    EXPECT_EQ(pattern->matches(c.text), c.expect) << c.pattern << " on " << c.text;
    EXPECT_EQ(pattern->text(), c.pattern);
  }
}

TEST(Pattern, CapturesAsMuchAsItCanWithoutASlash) {
  constexpr struct {
    const char* pattern;
    const char* text;
    std::optional<const char*> expect;
  } kCases[] = {
      {"pr-<pr>-*", "pr-12-abc", "12"},
      {"pr-<pr>-*", "pr-big-cart-e44b07d1", "big-cart"},
      {"pr-<pr>-*", "pr--abc", std::nullopt},
      {"pr-<pr>-*", "pr-a/b-c", std::nullopt},
      {"pr-<pr>-*", "xpr-12-abc", std::nullopt},
      {"<a>/<pr>?", "x.y/12z", "12"},
      {"v<pr>+(.*", "v1+(.2", "1"},
      {"re:pr-(?P<pr>[0-9]+)-.*", "pr-12-34-abc", "12"},
      {"re:pr-(?P<other>[0-9]+)", "pr-12", std::nullopt},
      {"pr-*", "pr-12", std::nullopt},
      {"<pr>", "\xC3\xA9", "\xC3\xA9"},
  };
  for (const auto& c : kCases) {
    const auto pattern = Pattern::parse(c.pattern);
    ASSERT_TRUE(pattern) << pattern.error();
    const auto captured = pattern->capture(c.text, "pr");
    const auto expect = c.expect ? std::optional<std::string>(*c.expect) : std::nullopt;
    EXPECT_EQ(captured, expect) << c.pattern << " on " << c.text;
  }
  EXPECT_TRUE(Pattern::parse("pr-<pr>-*")->matches("pr-12-x"));
  EXPECT_TRUE(Pattern::parse("pr-<pr>-*")->captures("pr"));
  EXPECT_FALSE(Pattern::parse("pr-<pr>-*")->captures("p"));
}

TEST(Pattern, TellsWhatIsWrong) {
  constexpr std::pair<const char*, const char*> kCases[] = {
      {"", "the pattern is empty; write \"*\" to match everything"},
      {"re:", "\"re:\" has no expression; write for example \"re:v[0-9]+\""},
      {"re:(a", "\"re:(a\" is no regular expression (RE2): missing ): (a"},
      {"pr-<pr",
       "\"pr-<pr\" holds < without a name behind it; write <pr> to capture, or re: and an "
       "expression"},
      {"pr-<>",
       "\"pr-<>\" holds < without a name behind it; write <pr> to capture, or re: and an "
       "expression"},
      {"pr-<p r>",
       "\"pr-<p r>\" holds < without a name behind it; write <pr> to capture, or re: and an "
       "expression"},
      {"<a>-<a>", "\"<a>-<a>\" captures <a> twice"},
      {"a>b", "\"a>b\" holds > without a <"},
  };
  for (const auto& [text, sentence] : kCases) {
    const auto pattern = Pattern::parse(text);
    ASSERT_FALSE(pattern) << text;
    EXPECT_EQ(pattern.error(), sentence);
  }
  EXPECT_EQ(Pattern::parse(std::string(1001, 'a')).error(),
            "the pattern has 1001 bytes; 1000 are allowed");
}

TEST(Pattern, RefusesAnExpressionThatNeedsTooMuchMemory) {
  EXPECT_FALSE(Pattern::parse("re:((a{100}){100}){100}"));
}

TEST(Pattern, TakesTimeInProportionOnManyStars) {
  std::string stars;
  for (int i = 0; i < 200; ++i) stars += "*a";
  const auto pattern = Pattern::parse(stars + "*b");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE(pattern->matches(std::string(5000, 'a')));
}

}  // namespace
}  // namespace rollout
