// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/glob.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include "tests/core/policy/random_world.h"

namespace rollout {
namespace {

/// The same as a regular expression, whose matches are leftmost and greedy.
std::string expression_of(const std::string& glob) {
  std::string out;
  for (const char c : glob) {
    if (c == '<') {
      out += "(?P<";
    } else if (c == '>') {
      out += ">[^/]+)";
    } else if (c == '*' || c == '?') {
      out += c == '*' ? "(?s:.*)" : "(?s:.)";
    } else {
      out += c;
    }
  }
  return out;
}

TEST(Glob, MeansTheExpressionThatItLooksLike) {
  const std::vector<std::string> parts = {"a", "b", "-", "/", "\xC3\xA9", "*", "?", "ab-", "*a"};
  const std::vector<std::string> characters = {"a", "a", "b", "-", "/", "\xC3\xA9", "\n"};
  Dice dice(7);
  int hits = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (auto size = dice.roll(9); size > 0; --size) text += dice.any(characters);
    std::string glob;
    int names = 0;
    for (auto size = 1 + dice.roll(5); size > 0; --size) {
      glob += dice.one_in(3) ? fmt::format("<n{}>", names++) : dice.any(parts);
    }
    const re2::RE2 expression(expression_of(glob));
    const Glob parsed = Glob::parse(glob).value();
    const bool expected = re2::RE2::FullMatch(text, expression);
    ASSERT_EQ(parsed.matches(text), expected) << glob << " on " << text;
    std::vector<re2::StringPiece> groups(static_cast<std::size_t>(names) + 1);
    expression.Match(text, 0, text.size(), re2::RE2::ANCHOR_BOTH, groups.data(), names + 1);
    for (int n = 0; n < names; ++n) {
      const auto captured = parsed.capture(text, fmt::format("n{}", n));
      ASSERT_EQ(captured.has_value(), expected) << glob << " on " << text;
      if (expected) {
        const auto& group = groups[static_cast<std::size_t>(n) + 1];
        ASSERT_EQ(*captured, std::string(group)) << glob << " on " << text;
        ++hits;
      }
    }
  }
  EXPECT_GT(hits, 1000);
}

}  // namespace
}  // namespace rollout
