// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/approval.h"

#include <gtest/gtest.h>

#include "tests/support/an_observation.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using Numbers = std::vector<std::uint64_t>;

/// Six versions, a day apart, of which the newest serves: the policy lets five go, and may delete
/// two without asking.
AnObservation six_versions() {
  AnObservation given;
  for (std::uint64_t number = 1; number <= 6; ++number) {
    given.versions.push_back(a_version(number).aged((7 - number) * 24h));
  }
  given.versions[5].deployed();
  given.retention.limits.approve_over = 2;
  return given;
}

/// A person approves what is planned now.
void approve_now(AnObservation& given) {
  const Plan plan = given.plan();
  given.seen.memory = plan.memory;
  given.seen.memory.approval = approve(plan, "ana", given.seen.now).value();
}

/// The first `count` versions are gone.
void deletes(AnObservation& given, std::ptrdiff_t count) {
  given.versions.erase(given.versions.begin(), given.versions.begin() + count);
}

TEST(Approval, IsAskedForByAPlanThatDeletesMoreThanThePolicyAllowsByItself) {
  AnObservation given = six_versions();
  const Plan plan = given.plan();
  EXPECT_TRUE(plan.actions.empty());
  ASSERT_EQ(plan.stops.size(), 1U);
  EXPECT_EQ(to_string(plan.stops[0].code), "ApproveOver");
  EXPECT_EQ(plan.stops[0].message,
            "5 deletes exceed approve_over 2; `rolloutctl apply " + plan.id + "` approves them");
  EXPECT_EQ(plan.ready.size(), 5U);
}

TEST(Approval, IsNotAskedForByASmallerPlanNorWithoutTheKey) {
  AnObservation given = six_versions();
  given.retention.limits.approve_over = 5;
  EXPECT_EQ(pruned(given.plan()), (Numbers{1, 2, 3, 4, 5}));
  given.retention.limits.approve_over.reset();
  EXPECT_EQ(pruned(given.plan()), (Numbers{1, 2, 3, 4, 5}));
}

TEST(Approval, LetsItsPlanHappenAndIsKeptUntilItHas) {
  AnObservation given = six_versions();
  approve_now(given);
  const Plan plan = given.plan();
  EXPECT_TRUE(plan.stops.empty());
  EXPECT_EQ(pruned(plan), (Numbers{1, 2, 3, 4, 5}));
  EXPECT_TRUE(plan.memory.approval.has_value());
  deletes(given, 5);
  EXPECT_FALSE(given.plan_again(plan, 1s).memory.approval.has_value());
}

// A run that ends early goes on: what is left of the plan was approved with it.
TEST(Approval, CoversWhatIsLeftOfItsPlan) {
  AnObservation given = six_versions();
  approve_now(given);
  deletes(given, 2);
  EXPECT_EQ(pruned(given.plan()), (Numbers{3, 4, 5}));
}

TEST(Approval, DiesWithItsPlan) {
  struct Case {
    const char* name;
    void (*arrange)(AnObservation&);
  };
  const Case cases[] = {
      {"one more would go",
       [](AnObservation& given) {
         given.versions.insert(given.versions.begin(), a_version(0).aged(30 * 24h));
       }},
      {"one fewer would go",
       [](AnObservation& given) { given.seen.memory.pins[version_id(2)] = {}; }},
      {"another policy says the same", [](AnObservation& given) { given.retention.hash = "b"; }},
      {"it was given in the future",
       [](AnObservation& given) { given.seen.memory.approval->at += 1s; }},
      {"it is 15 minutes old", [](AnObservation& given) { given.seen.now += kApprovalHolds; }},
  };
  for (const Case& one : cases) {
    AnObservation given = six_versions();
    approve_now(given);
    one.arrange(given);
    const Plan plan = given.plan();
    EXPECT_TRUE(all_of<PruneVersion>(plan.actions).empty()) << one.name;
    EXPECT_TRUE(stopped_by(plan, StopCode::ApproveOver)) << one.name;
    EXPECT_FALSE(plan.memory.approval.has_value()) << one.name;
  }
}

TEST(Approval, StandsWhileSomethingElseIsInTheWay) {
  AnObservation given = six_versions();
  approve_now(given);
  given.seen.hazards.configuration_broken = true;
  const Plan plan = given.plan();
  EXPECT_TRUE(all_of<PruneVersion>(plan.actions).empty());
  given.seen.hazards.configuration_broken = false;
  EXPECT_EQ(pruned(given.plan_again(plan, 1min)).size(), 5U);
}

// Promise 15: a limit is a limit.
TEST(Approval, LiftsNoLimit) {
  AnObservation given = six_versions();
  given.retention.limits.max_deletes = 4;
  const Plan plan = given.plan();
  const auto approval = approve(plan, "ana", given.seen.now);
  ASSERT_FALSE(approval.has_value());
  EXPECT_EQ(approval.error(), "plan " + plan.id +
                                  " is beyond a limit, which no approval lifts: 5 deletes exceed "
                                  "max_deletes 4; nothing is deleted");
  given.seen.memory.approval = Approval{plan.id, {}, "ana", given.seen.now, ""};
  for (const PruneVersion& prune : plan.ready) {
    given.seen.memory.approval->versions.insert(prune.version);
  }
  EXPECT_TRUE(given.plan().actions.empty());
}

TEST(Approval, IsOfTheIdThatNamesWhatGoes) {
  AnObservation given = six_versions();
  const std::string id = given.plan().id;
  EXPECT_EQ(given.plan().id, id);
  given.seen.builds.builds = {a_build(50)};
  EXPECT_EQ(given.plan().id, id) << "what is made needs nobody's word";
  given.retention.hash = "another";
  EXPECT_NE(given.plan().id, id);
  given = six_versions();
  given.seen.memory.pins[version_id(2)] = {};
  EXPECT_NE(given.plan().id, id);
}

}  // namespace
}  // namespace rollout
