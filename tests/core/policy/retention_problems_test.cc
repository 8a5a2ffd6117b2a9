// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/core/policy/retention_story.h"
#include "tests/core/policy/sentences.h"

namespace rollout {
namespace {

using enum RuleKind;

const std::vector<KeepRule> kLast{keep(last, {"1"})};

Group per(std::string capture, Group group) {
  group.per = std::move(capture);
  return group;
}

RetentionPolicy sound() {
  return policy_of({keep(last, {"20"}), keep(deployed, {"5", "30d"})});
}

TEST(RetentionProblems, AreNoneInASoundPolicy) {
  EXPECT_EQ(sentences_about(sound()), Lines{});
  EXPECT_EQ(sentences_about(policy_of({group("release", {"v*"}, kLast), group("rest", {}, kLast)})),
            Lines{});
}

TEST(RetentionProblems, NameTheGroupAndTheRule) {
  const std::pair<std::vector<Group>, Lines> cases[] = {
      {{}, {"the policy keeps nothing; write at least one rule under keep"}},
      {{group("a", {"v*"}, {})}, {"group a keeps nothing; write at least one rule under keep"}},
      {{group("", {"v*"}, kLast)}, {"a group has no name"}},
      {{group("a", {"v*"}, kLast), group("a", {"w*"}, kLast)}, {"two groups are named a"}},
      {{group("a", {}, kLast), group("b", {"v*"}, kLast)},
       {"group b can never match: a before it matches every version"}},
      {{group("a", {"x", "*"}, kLast), group("b", {}, kLast)},
       {"group b can never match: a before it matches every version"}},
      {{group("a", {}, {keep(last, {"0"})})},
       {"group a: \"last: 0\" would keep nothing; the least is 1"}},
      {{group("a", {}, {keep(within, {"0s"})})},
       {"group a: \"within: 0s\" would keep nothing; 0s is for min_age and grace alone"}},
      {{group("a", {}, {keep(last, {"3d"})})}, {"group a: last takes no duration"}},
      {{group("a", {}, {keep(within, {"3"})})}, {"group a: within takes no count"}},
      {{group("a", {}, {keep(within, {"all"})})}, {"group a: within cannot be all"}},
      {{group("a", {}, {KeepRule{tagged, {Count{1}}, {}}})}, {"group a: tagged takes no count"}},
      {{group("a", {}, {keep(daily, {"0"}), keep(stable, {"0s"})})},
       {"group a: \"daily: 0\" would keep nothing; the least is 1",
        "group a: \"stable: 0s\" would keep nothing; 0s is for min_age and grace alone"}},
      {{per("pr", group("a", {}, kLast))}, {"group a: per: pr needs a match that captures <pr>"}},
      {{per("pr", group("a", {"pr-<pr>", "p-<p>", "p*"}, kLast))},
       {"group a: \"p-<p>\" does not capture <pr>, by which the group is split",
        "group a: \"p*\" does not capture <pr>, by which the group is split"}},
      {{group("a", {}, {keep(tagged, {})})}, {"group a: tagged has no value"}},
      {{group("a", {}, {KeepRule{last, {}, {pattern("v*")}}})}, {"group a: last takes no pattern"}},
  };
  for (const auto& [groups, sentences] : cases) {
    EXPECT_EQ(sentences_about(policy_of(groups)), sentences);
  }
}

TEST(RetentionProblems, CheckTheProtectionsAndLimits) {
  auto policy = sound();
  policy.protect.rollback = 0;
  policy.protect.soak = {};
  policy.limits = {.max_deletes = 0, .max_percent = 101, .grace = {}};
  EXPECT_EQ(
      sentences_about(policy),
      (Lines{"protect: \"rollback: 0\" would leave nothing to go back to; the least is 1",
             "protect: \"soak: 0s\" makes everything stable; 0s is for min_age and grace alone",
             "limits: \"max_deletes: 0\" would stop every run; the least is 1",
             "limits: max_percent is 101%; it is from 1% to 100%"}));
  policy = sound();
  policy.limits.max_percent = 0;
  EXPECT_EQ(sentences_about(policy), Lines{"limits: max_percent is 0%; it is from 1% to 100%"});
}

TEST(RetentionProblems, AllowAnApprovalOnlyBelowTheLimit) {
  auto policy = sound();
  policy.limits.approve_over = 19;
  EXPECT_EQ(sentences_about(policy), Lines{});
  policy.limits.approve_over = 20;
  EXPECT_EQ(sentences_about(policy),
            Lines{"limits: approve_over 20 would never ask, for a plan of more than max_deletes 20 "
                  "is stopped and cannot be approved; write less, or raise max_deletes"});
  policy.limits.approve_over = 0;
  EXPECT_EQ(sentences_about(policy),
            Lines{"limits: \"approve_over: 0\" is below the least, which is 1"});
}

TEST(RetentionProblems, AllowAnEmptyGroupOnlyWhereTheAnchorIsNow) {
  auto policy = sound();
  policy.groups[0].min_keep = 0;
  EXPECT_EQ(sentences_about(policy),
            Lines{"group all: \"min_keep: 0\" lets the whole group go; it is for \"anchor: now\" "
                  "alone"});
  policy.groups[0].anchor = Anchor::now;
  EXPECT_EQ(sentences_about(policy), Lines{});
}

TEST(RetentionProblems, NameTheKey) {
  const Group split = per("pr", group("b", {"p-<p>"}, {keep(daily, {"0"})}));
  auto policy = policy_of({group("a", {"v*"}, {}), split, group("c", {}, kLast)});
  policy.groups[2].min_keep = 0;
  policy.protect.rollback = 0;
  policy.limits.max_deletes = 0;
  Lines pointers;
  for (const PolicyProblem& problem : problems(policy)) pointers.push_back(problem.pointer);
  EXPECT_EQ(pointers, (Lines{"/groups/0", "/groups/1/keep/daily", "/groups/1/per",
                             "/groups/2/min_keep", "/protect/rollback", "/limits/max_deletes"}));
}

TEST(RetentionProblems, AllowNoWaitForMinAgeAndGrace) {
  auto policy = sound();
  policy.protect.min_age = {};
  policy.limits.grace = {};
  EXPECT_EQ(sentences_about(policy), Lines{});
}

}  // namespace
}  // namespace rollout
