// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/ratchet.h"

#include <gtest/gtest.h>

#include "daemon/core/plan/approval.h"
#include "tests/support/an_observation.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using Numbers = std::vector<std::uint64_t>;

/// Ten versions, a day apart, of which the newest serves.
AnObservation ten_versions() {
  AnObservation given;
  for (std::uint64_t number = 1; number <= 10; ++number) {
    given.versions.push_back(a_version(number).aged((11 - number) * 24h));
  }
  given.versions[9].deployed();
  return given;
}

void keeps(RetentionPolicy& policy, std::uint32_t last) {
  policy.groups[0].keep[0].extents = {Count{last}};
}

/// The policy that kept the last eight was in force; now it is one that keeps six.
AnObservation changed() {
  AnObservation given = ten_versions();
  keeps(given.retention, 8);
  given.seen.mode = Mode::enforce;
  given.seen.memory = given.plan().memory;
  given.former = given.retention;
  given.retention.hash = "later";
  keeps(given.retention, 6);
  return given;
}

Numbers numbers(const std::vector<PruneVersion>& prunes) {
  Numbers out;
  for (const PruneVersion& prune : prunes) out.push_back(prune.number);
  return out;
}

TEST(Ratchet, StopsTheFirstPlanThatDeletesWhatTheFormerPolicyKept) {
  AnObservation given = changed();
  const Plan plan = given.plan();
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_EQ(numbers(plan.ready), (Numbers{1, 2, 3, 4}));
  ASSERT_EQ(plan.stops.size(), 1U);
  EXPECT_EQ(to_string(plan.stops[0].code), "Ratchet");
  EXPECT_EQ(plan.stops[0].message,
            "the policy has changed, and policy standard, which was in force before, keeps 2 of 4 "
            "versions to delete (3, 4); `rolloutctl apply " +
                plan.id + "` approves it");
  ASSERT_TRUE(plan.policy_change);
  EXPECT_EQ(plan.policy_change->former, "hash");
  EXPECT_EQ(plan.policy_change->lost.at(version_id(3)).front().rule, "last");
  EXPECT_EQ(plan.memory.agreed_policy, "hash");
}

TEST(Ratchet, LetsGoWhatNeitherPolicyKeeps) {
  AnObservation given = changed();
  given.seen.memory.pins[version_id(3)] = given.seen.memory.pins[version_id(4)] = {};
  const Plan plan = given.plan();
  EXPECT_EQ(pruned(plan), (Numbers{1, 2}));
}

// What was refused is asked for again after a day.
TEST(Ratchet, DoesNotTakeARefusedDeleteForAPolicyThatKeeps) {
  AnObservation given = changed();
  for (const std::uint64_t number : Numbers{3, 4}) {
    given.seen.memory.versions[version_id(number)].refused = true;
  }
  const Plan plan = given.plan();
  EXPECT_EQ(pruned(plan), (Numbers{1, 2}));
  EXPECT_EQ(plan.memory.agreed_policy, "hash");
  EXPECT_EQ(plan.policy_change->lost.size(), 2U);
}

TEST(Ratchet, WaitsAsLongAsTheGraceKeepsThePlanAway) {
  AnObservation given = changed();
  given.retention.limits.grace = {.exact = 10h};
  const Plan first = given.plan();
  EXPECT_TRUE(first.stops.empty()) << "nothing would go yet";
  EXPECT_EQ(first.policy_change->lost.size(), 2U);
  EXPECT_TRUE(stopped_by(given.plan_again(first, 10h), StopCode::Ratchet));
}

TEST(Ratchet, TakesAPolicyThatKeepsAsMuchForAgreed) {
  AnObservation given = changed();
  keeps(given.retention, 8);
  Plan plan = given.plan();
  EXPECT_EQ(pruned(plan), (Numbers{1, 2}));
  EXPECT_EQ(plan.memory.agreed_policy, "later");
  EXPECT_FALSE(plan.policy_change);
  keeps(given.retention, 6);
  EXPECT_EQ(pruned(given.plan_again(plan, 1s)), (Numbers{1, 2, 3, 4})) << "the first plan decided";
}

TEST(Ratchet, BelievesNoSuspiciousListingThatNothingIsLost) {
  AnObservation given = changed();
  const auto all = given.versions;
  given.versions.clear();
  Plan plan = given.plan();
  EXPECT_EQ(plan.memory.agreed_policy, "hash");
  given.versions = all;
  EXPECT_TRUE(stopped_by(given.plan_again(plan, 1s), StopCode::Ratchet));
}

TEST(Ratchet, ComparesWithTheLastPolicyThatWasAgreedToWhateverCameBetween) {
  AnObservation given = changed();
  const Plan plan = given.plan();
  given.retention.hash = "latest";
  keeps(given.retention, 7);
  const Plan next = given.plan_again(plan, 1s);
  EXPECT_EQ(next.policy_change->former, "hash");
  EXPECT_EQ(next.policy_change->lost.size(), 1U);
  given.retention = *given.former;
  EXPECT_FALSE(given.plan_again(next, 1s).policy_change) << "and back";
}

TEST(Ratchet, DoesNotCountAPolicyThatWasOnlyLookedAt) {
  AnObservation given = ten_versions();
  given.seen.mode = Mode::observe;
  Plan plan = given.plan();
  EXPECT_EQ(plan.memory.agreed_policy, "");
  given.seen.mode = Mode::enforce;
  keeps(given.retention, 6);
  given.retention.hash = "later";
  EXPECT_EQ(pruned(given.plan_again(plan, 1s)), (Numbers{1, 2, 3, 4})) << "the first in force";

  given = changed();
  given.seen.mode = Mode::observe;
  plan = given.plan();
  EXPECT_TRUE(stopped_by(plan, StopCode::Ratchet)) << "and who observes sees what is to come";
  given.seen.mode = Mode::enforce;
  EXPECT_TRUE(stopped_by(given.plan_again(plan, 1s), StopCode::Ratchet));
}

TEST(Ratchet, StopsEverythingWhereTheFormerPolicyCannotBeRead) {
  AnObservation given = changed();
  given.former.reset();
  const Plan plan = given.plan();
  ASSERT_TRUE(stopped_by(plan, StopCode::Ratchet));
  EXPECT_EQ(
      plan.stops[0].message,
      "the policy has changed, and the one before it cannot be read any more (it is gone) and "
      "may have kept 4 of 4 versions to delete (1, 2, 3, 4); `rolloutctl apply " +
          plan.id + "` approves it");
}

TEST(Ratchet, EndsWhenAPersonHasApprovedItsFirstPlanAndThatHasHappened) {
  AnObservation given = changed();
  given.seen.memory = given.plan().memory;
  given.seen.memory.approval = approve(given.plan(), "ana", given.seen.now).value();
  Plan plan = given.plan();
  EXPECT_EQ(pruned(plan), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(plan.memory.agreed_policy, "hash") << "nothing has happened yet";
  given.versions.erase(given.versions.begin(), given.versions.begin() + 3);
  plan = given.plan_again(plan, 1s);
  EXPECT_EQ(pruned(plan), Numbers{4}) << "the rest of it";
  EXPECT_EQ(plan.memory.agreed_policy, "hash");
  given.versions.erase(given.versions.begin());
  plan = given.plan_again(plan, 1h);
  EXPECT_EQ(plan.memory.agreed_policy, "later");
  given.versions.push_back(a_version(11).aged(1h));
  EXPECT_EQ(pruned(given.plan_again(plan, 1s)), Numbers{5}) << "nobody is asked again";
}

TEST(Ratchet, GoesOnWhereTheApprovalWasForgotten) {
  AnObservation given = changed();
  given.seen.memory = given.plan().memory;
  given.seen.memory.approval = approve(given.plan(), "ana", given.seen.now).value();
  const Plan plan = given.plan_again(given.plan(), kApprovalHolds);
  EXPECT_TRUE(stopped_by(plan, StopCode::Ratchet));
  EXPECT_FALSE(plan.memory.approval);
  EXPECT_EQ(plan.memory.agreed_policy, "hash");
}

TEST(Ratchet, TakesNoOtherApprovalForAnAgreement) {
  AnObservation given = changed();
  given.retention.limits.approve_over = 1;
  given.retention.limits.grace = {.exact = 10h};
  Plan plan = given.plan();
  for (const std::uint64_t number : Numbers{1, 2}) {
    plan.memory.versions.at(version_id(number)).condemned_for = 10h;
  }
  plan = given.plan_again(plan, 1s);
  ASSERT_TRUE(stopped_by(plan, StopCode::ApproveOver));
  ASSERT_FALSE(stopped_by(plan, StopCode::Ratchet)) << "neither policy keeps these two";
  plan.memory.approval = approve(plan, "ana", given.seen.now).value();
  plan = given.plan_again(plan, 1s);
  EXPECT_EQ(pruned(plan), (Numbers{1, 2}));
  given.versions.erase(given.versions.begin(), given.versions.begin() + 2);
  plan = given.plan_again(plan, 1s);
  EXPECT_FALSE(plan.memory.approval);
  EXPECT_EQ(plan.memory.agreed_policy, "hash");
}

}  // namespace
}  // namespace rollout
