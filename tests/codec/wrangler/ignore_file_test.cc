// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/wrangler/ignore_file.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

struct Case {
  const char* name;
  const char* file;
  const char* path;
  bool ignored;
};

class Ignoring : public testing::TestWithParam<Case> {};

TEST_P(Ignoring, FollowsTheRulesOfGitignore) {
  const auto file = IgnoreFile::parse(GetParam().file);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->ignores(GetParam().path), GetParam().ignored);
}

INSTANTIATE_TEST_SUITE_P(
    Patterns, Ignoring,
    testing::Values(
        Case{"Nothing", "", "a", false}, Case{"Comment", "#a\n\n", "#a", false},
        Case{"EscapedComment", "\\#a", "#a", true},
        Case{"NameAnywhere", "a.txt", "x/y/a.txt", true}, Case{"NotAPart", "a", "ab", false},
        Case{"Tied", "/a.txt", "x/a.txt", false}, Case{"TiedAtTheTop", "/a.txt", "a.txt", true},
        Case{"SlashInTheMiddleTies", "x/a.txt", "y/x/a.txt", false},
        Case{"DirectoryAndAllInIt", "x/", "y/x/deep/a.txt", true},
        Case{"DirectoryIsNoFile", "a.txt/", "a.txt", false},
        Case{"NameOfADirectory", "node_modules", "node_modules/p/index.js", true},
        Case{"Star", "*.map", "js/app.js.map", true},
        Case{"StarStopsAtASlash", "x/*.js", "x/y/a.js", false},
        Case{"StarMatchesAHiddenFile", "*", ".well-known", true},
        Case{"QuestionMark", "a?.txt", "ab.txt", true}, Case{"Range", "[a-c].txt", "b.txt", true},
        Case{"NotInRange", "[!a-c].txt", "b.txt", false},
        Case{"LeadingStars", "**/x/a", "p/q/x/a", true},
        Case{"LeadingStarsMatchNone", "**/x/a", "x/a", true},
        Case{"StarsInTheMiddle", "a/**/b", "a/x/y/b", true},
        Case{"StarsInTheMiddleMatchNone", "a/**/b", "a/b", true},
        Case{"TrailingStars", "a/**", "a/x/y", true},
        Case{"TrailingStarsNeedSomething", "a/**", "a", false},
        Case{"Negated", "*.txt\n!keep.txt", "keep.txt", false},
        Case{"LaterWins", "!keep.txt\n*.txt", "keep.txt", true},
        Case{"NoWayBackIntoADirectory", "x/\n!x/keep.txt", "x/keep.txt", true},
        Case{"WayBackWithoutTheDirectory", "x/*\n!x/keep.txt", "x/keep.txt", false},
        Case{"EscapedBang", "\\!a", "!a", true}, Case{"TrailingSpaces", "a   ", "a", true},
        Case{"EscapedTrailingSpace", "a\\ ", "a ", true},
        Case{"CarriageReturn", "a\r\n", "a", true},
        Case{"CaseDoesNotCount", "README.md", "readme.MD", true},
        Case{"EscapedStar", "\\*", "a", false}, Case{"OnlyASlash", "/", "a", false}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(IgnoreFile, WithANullCharacterIsRefused) {
  EXPECT_FALSE(IgnoreFile::parse(std::string_view("a\0b", 3)));
}

TEST(IgnoreFile, ManyStarsEndSoon) {
  std::string pattern;
  std::string path;
  for (int i = 0; i < 200; ++i) {
    pattern += "**/a/";
    path += "a/";
  }
  EXPECT_FALSE(IgnoreFile::parse(pattern + "b")->ignores(path + "c"));
}

}  // namespace
}  // namespace rollout
