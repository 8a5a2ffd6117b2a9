// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/tagging_tests.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

using Faults = std::vector<std::string>;

/// Releases of `main`, which must have a commit; everything else by its digest.
TaggingPolicy release() {
  TaggingPolicy policy;
  policy.name = PolicyName("release");
  policy.rules = {{{{"git.branch", {*Pattern::parse("main")}}},
                   *Template::parse("v{package.version}"),
                   *Template::parse("{git.subject} by {policy.name}")},
                  {{}, *Template::parse("{build.digest:4}"), {}}};
  policy.require = {"git.commit"};
  return policy;
}

const std::map<std::string, std::string> kMain = {{"git.branch", "main"},
                                                  {"git.commit", "c0ffee"},
                                                  {"git.subject", "Add a cart"},
                                                  {"package.version", "1.9.0"}};

Faults faults_of(TaggingTest test) {
  TaggingPolicy policy = release();
  policy.tests = {std::move(test)};
  const auto results = run_tests(policy);
  EXPECT_EQ(results.size(), 1U);
  EXPECT_EQ(results.at(0).passed(), results.at(0).faults.empty());
  return results.at(0).faults;
}

TEST(TaggingTests, PassWhereTagAndMessageAreThose) {
  EXPECT_EQ(faults_of({"a", kMain, "v1.9.0", "Add a cart by release", {}}), Faults{});
  EXPECT_EQ(faults_of({"a", kMain, "v1.9.0", {}, {}}), Faults{});
  EXPECT_EQ(faults_of({"a", {{"git.commit", "c"}, {"build.digest", "01234"}}, "0123", "", {}}),
            Faults{});
}

TEST(TaggingTests, TellEachTextThatIsAnother) {
  EXPECT_EQ(faults_of({"a", kMain, "v2.0.0", "Add", {}}),
            (Faults{"the tag is \"v1.9.0\", not \"v2.0.0\"",
                    "the message is \"Add a cart by release\", not \"Add\""}));
}

TEST(TaggingTests, ExpectRefusalsByAPartOfTheSentence) {
  EXPECT_EQ(faults_of({"a", {}, {}, {}, "git.commit"}), Faults{});
  EXPECT_EQ(faults_of({"a", {}, {}, {}, "git.branch"}),
            Faults{"it is refused, but not with \"git.branch\": the fact git.commit of the test's "
                   "build is missing; it was looked for in the build's marker, then the repository "
                   "that holds the build; the policy requires it"});
  EXPECT_EQ(faults_of({"a", kMain, {}, {}, "git.commit"}),
            Faults{"it should be refused, and gets the tag \"v1.9.0\""});
}

TEST(TaggingTests, TellARefusalThatNobodyExpected) {
  EXPECT_EQ(faults_of({"a", {{"git.commit", "c"}}, "0123", {}, {}}),
            Faults{"it is refused: the fact build.digest of the test's build is missing; it was "
                   "looked for in the build itself; write {build.digest|default:\"text\"} for "
                   "builds without it"});
}

TEST(TaggingTests, RunInTheOrderOfThePolicy) {
  TaggingPolicy policy = release();
  policy.tests = {{"first", kMain, "v1.9.0", {}, {}}, {"second", kMain, "v1.9.1", {}, {}}};
  const auto results = run_tests(policy);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].name, "first");
  EXPECT_TRUE(results[0].passed());
  EXPECT_EQ(results[1].name, "second");
  EXPECT_FALSE(results[1].passed());
}

}  // namespace
}  // namespace rollout
