// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/creates.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/core/plan/settle.h"
#include "tests/support/an_observation.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

OpenIntent an_open_create(std::uint64_t number) {
  OpenIntent open;
  open.id = 7;
  open.intent.kind = IntentKind::create;
  open.intent.digest = digest_of(number);
  return open;
}

// Promise 1: one version for a build that none carries.
TEST(Creates, MakesAVersionForANewBuild) {
  AnObservation given;
  given.seen.builds.builds = {a_build(3)};
  const Plan plan = given.plan();
  const auto creates = all_of<CreateVersion>(plan.actions);
  ASSERT_EQ(creates.size(), 1U);
  EXPECT_EQ(creates[0].annotations.tag, digest_of(3).brief());
  EXPECT_EQ(parse_trailer(creates[0].annotations.message)->digest, digest_of(3));
  EXPECT_EQ(all_of<BuildSettled>(plan.events).size(), 1U);
}

// A Worker that may be another one under a new name.
TEST(Creates, MakeNothingForANewcomerBeforeTheLongestCreateHasSettled) {
  AnObservation given;
  given.seen.builds.builds = {a_build(3)};
  given.seen.memory.newcomer = true;
  Plan plan = given.plan();
  ASSERT_TRUE(plan.may_create_from);
  EXPECT_EQ(plan.look_again, plan.may_create_from);
  const Millis wait = *plan.may_create_from - given.seen.tick;
  EXPECT_EQ(wait, create_allowance(64 << 20) + given.account.timing.t_max +
                      given.account.timing.list_lag);
  EXPECT_TRUE(plan.actions.empty());
  given.seen.may_create_from = plan.may_create_from;
  plan = given.plan_again(plan, wait - 1ms);
  EXPECT_TRUE(plan.actions.empty());
  plan = given.plan_again(plan, 1ms);
  EXPECT_EQ(all_of<CreateVersion>(plan.actions).size(), 1U);
  EXPECT_FALSE(plan.memory.newcomer);
}

TEST(Creates, MakesNothingWhereAVersionCarriesTheDigest) {
  AnObservation given;
  given.versions = {a_version(3)};
  given.seen.builds.builds = {a_build(3)};
  const Plan plan = given.plan();
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_EQ(all_of<VersionDeduplicated>(plan.events).size(), 1U);
  const Plan again = given.plan_again(plan, 5min);
  EXPECT_TRUE(all_of<VersionDeduplicated>(again.events).empty()) << "told once";
}

TEST(Creates, MakesOneVersionForTheSameBuildInTwoDirectories) {
  AnObservation given;
  Build twin = a_build(3);
  twin.root = "/srv/other";
  twin.finished_at = kNow;
  given.seen.builds.builds = {a_build(3), twin};
  EXPECT_EQ(all_of<CreateVersion>(given.plan().actions).size(), 1U);
}

TEST(Creates, NeverRemakesAVersionThatAPersonDeleted) {
  AnObservation given;
  given.seen.builds.builds = {a_build(3)};
  given.seen.memory.generations = {
      {digest_of(3), a_build(3).finished_at, GenerationState::done, version_id(3), ""}};
  const Plan plan = given.plan();
  EXPECT_TRUE(plan.actions.empty());
  ASSERT_EQ(all_of<BuildRejected>(plan.events).size(), 1U);
  EXPECT_EQ(all_of<BuildRejected>(plan.events)[0].reason, "VersionDeleted");
  ASSERT_EQ(plan.notices.size(), 1U);
  EXPECT_EQ(plan.notices[0].version, version_id(3));
  EXPECT_NE(plan.notices[0].message.find("rolloutctl mark"), std::string::npos);
  const Plan again = given.plan_again(plan, 5min);
  EXPECT_TRUE(again.actions.empty());
  EXPECT_TRUE(all_of<BuildRejected>(again.events).empty()) << "the log says it once";
  EXPECT_EQ(again.notices.size(), 1U) << "the plan says it each time";
}

TEST(Creates, SaysNothingOfAVersionThatALaggingListingDoesNotShowYet) {
  AnObservation given;
  given.seen.builds.builds = {a_build(3)};
  given.seen.memory.generations = {
      {digest_of(3), a_build(3).finished_at, GenerationState::done, version_id(3), ""}};
  given.seen.just_made[digest_of(3)] = {given.seen.tick + 1min, ""};
  const Plan plan = given.plan();
  EXPECT_TRUE(plan.notices.empty());
  EXPECT_TRUE(plan.actions.empty());
}

TEST(Creates, TakesBackThatAVersionIsGoneWhenItIsListedAgain) {
  AnObservation given;
  given.versions = {a_version(3)};
  given.seen.builds.builds = {a_build(3)};
  given.seen.memory.generations = {
      {digest_of(3), a_build(3).finished_at, GenerationState::gone, version_id(3), ""}};
  const Plan plan = given.plan();
  EXPECT_TRUE(plan.notices.empty());
  EXPECT_EQ(plan.memory.generations[0].state, GenerationState::done);
}

TEST(Creates, MakesANewGenerationOfADeletedVersion) {
  AnObservation given;
  given.seen.builds.builds = {a_build(3)};
  given.seen.memory.generations = {
      {digest_of(3), kNow - 24h, GenerationState::done, version_id(3), ""}};
  EXPECT_EQ(all_of<CreateVersion>(given.plan().actions).size(), 1U);
}

TEST(Creates, RepeatsARefusedBuildOnlyUnderAnotherConfiguration) {
  AnObservation given;
  given.seen.builds.builds = {a_build(3)};
  given.seen.memory.generations = {
      {digest_of(3), a_build(3).finished_at, GenerationState::refused, std::nullopt, "config"}};
  EXPECT_TRUE(given.plan().actions.empty());
  given.seen.trying_with = "mended";
  EXPECT_EQ(all_of<CreateVersion>(given.plan().actions).size(), 1U);
}

TEST(Creates, WaitsWhileTheWorkerIsSuspendedOrTheJournalIsRecovering) {
  AnObservation given;
  given.seen.builds.builds = {a_build(3)};
  given.seen.memory.suspension = Suspension{"a freeze", "ops", kNow + 1h};
  EXPECT_TRUE(given.plan().actions.empty());
  given.seen.memory.suspension->until = kNow - 1h;
  EXPECT_EQ(given.plan().actions.size(), 1U);
  given.seen.hazards.recovering = true;
  EXPECT_TRUE(given.plan().actions.empty());
}

TEST(Creates, RefusesATagThatAnotherBuildCarries) {
  AnObservation given;
  TaggingPolicy policy = a_tagging_policy("v1");
  policy.uniqueness = TaggingPolicy::Uniqueness::unique;
  given.worker.tagging = std::make_shared<TaggingPolicy>(policy);
  given.versions = {a_version(1).tagged("v1"), a_version(2)};
  given.seen.builds.builds = {a_build(3)};
  const Plan plan = given.plan();
  EXPECT_TRUE(all_of<CreateVersion>(plan.actions).empty());
  const auto rejected = all_of<BuildRejected>(plan.events);
  ASSERT_EQ(rejected.size(), 1U);
  EXPECT_EQ(rejected[0].reason, "TagTaken");
  const Plan again = given.plan_again(plan, 5min);
  EXPECT_TRUE(all_of<CreateVersion>(again.actions).empty());
  EXPECT_TRUE(all_of<BuildRejected>(again.events).empty()) << "told once";
  ASSERT_EQ(again.notices.size(), 1U) << "and shown each time";
  EXPECT_EQ(again.notices[0].code, "TagTaken");
  given.versions.erase(given.versions.begin());
  const Plan free = given.plan_again(again, 5min);
  ASSERT_EQ(all_of<CreateVersion>(free.actions).size(), 1U);
  EXPECT_EQ(all_of<CreateVersion>(free.actions)[0].annotations.tag, "v1");
}

TEST(Creates, AdoptsAnOpenCreateThatTheListingShows) {
  AnObservation given;
  given.versions = {a_version(3)};
  given.seen.builds.builds = {a_build(3)};
  given.seen.memory.intents = {an_open_create(3)};
  const Plan plan = given.plan();
  ASSERT_EQ(plan.actions.size(), 1U);
  EXPECT_EQ(all_of<AdoptVersion>(plan.actions)[0].version.id, version_id(3));
  EXPECT_TRUE(all_of<VersionDeduplicated>(plan.events).empty());
  EXPECT_TRUE(stopped_by(plan, StopCode::CreateAmbiguous));
}

// Promise 4: absence is proved twice, after the settle period, before anything is sent again.
TEST(Creates, SendsAgainOnlyAfterTwoListingsPastTheSettlePeriod) {
  AnObservation given;
  given.seen.builds.builds = {a_build(3)};
  given.seen.memory.intents = {an_open_create(3)};
  Plan plan = given.plan();
  EXPECT_TRUE(plan.actions.empty()) << "the intent is of an earlier process: the wait begins";
  plan = given.plan_again(plan, 325s);
  EXPECT_TRUE(plan.actions.empty()) << "T_max and L have not passed";
  plan = given.plan_again(plan, 2s);
  EXPECT_TRUE(plan.actions.empty()) << "the first complete listing without it";
  plan = given.plan_again(plan, 29s);
  EXPECT_TRUE(plan.actions.empty()) << "the second must be 30 s later";
  plan = given.plan_again(plan, 1s);
  ASSERT_EQ(plan.actions.size(), 2U);
  EXPECT_EQ(all_of<CloseIntent>(plan.actions)[0].outcome, OutcomeKind::abandoned);
  EXPECT_EQ(all_of<CreateVersion>(plan.actions).size(), 1U);
}

TEST(Creates, TakesAShortListingForNoProof) {
  AnObservation given;
  given.seen.builds.builds = {a_build(3)};
  given.seen.memory.highest_number = 9;
  EXPECT_TRUE(given.plan().actions.empty()) << "the listing reached 9 before";
  given.seen.memory.intents = {an_open_create(3)};
  given.seen.settling[7] = {given.seen.tick - 1h, given.seen.tick - 1h};
  EXPECT_TRUE(given.plan().actions.empty());
}

// Promise 1: a version that was just made exists though a lagging listing does not show it.
// Fault matrix 36.
TEST(Creates, SendsNothingAgainOverAnEmptyListing) {
  AnObservation given;
  given.versions = {a_version(1)};
  const Plan first = given.plan();
  given.versions.clear();
  given.seen.builds.builds = {a_build(1), a_build(3)};
  given.seen.memory.intents = {an_open_create(3)};
  given.seen.settling[7] = {Tick(), Tick()};
  const Plan second = given.plan_again(first, 5min);
  EXPECT_TRUE(all_of<CreateVersion>(second.actions).empty());
  EXPECT_TRUE(all_of<CloseIntent>(second.actions).empty()) << "it proves no absence";
  EXPECT_TRUE(second.look_again) << "a second read";
}

TEST(Creates, WaitsForALaggingListingBeforeItMakesTheSameBuildAgain) {
  AnObservation given;
  given.seen.builds.builds = {a_build(3)};
  given.seen.just_made[digest_of(3)] = {given.seen.tick + 120s, "v1"};
  EXPECT_TRUE(given.plan().actions.empty());
  given.seen.tick += 120s;
  EXPECT_EQ(given.plan().actions.size(), 1U);
}

TEST(Creates, MakesOneOfTwoBuildsThatWantTheSameUniqueTag) {
  AnObservation given;
  TaggingPolicy policy = a_tagging_policy("v1");
  policy.uniqueness = TaggingPolicy::Uniqueness::unique;
  given.worker.tagging = std::make_shared<TaggingPolicy>(policy);
  given.seen.builds.builds = {a_build(3), a_build(4)};
  EXPECT_EQ(all_of<CreateVersion>(given.plan().actions).size(), 1U);
}

TEST(Creates, DeploysTheNewestBuildOnly) {
  AnObservation given;
  given.worker.deploy = DeployMode::immediate;
  given.seen.builds.builds = {a_build(3), a_build(4)};
  const auto creates = all_of<CreateVersion>(given.plan().actions);
  ASSERT_EQ(creates.size(), 2U);
  EXPECT_EQ(creates[0].deploy, DeployMode::none);
  EXPECT_EQ(creates[1].deploy, DeployMode::immediate);
}

// Promise 5.
TEST(Creates, ReportsVersionsThatCarryTheSameBuild) {
  AnObservation given;
  VersionBuilder twin = a_version(3);
  given.versions = {a_version(3), a_version(4)};
  Version copy = a_version(5).version();
  copy.annotations = twin.version().annotations;
  given.observed();
  given.seen.listing.versions.push_back(copy);
  const auto found = all_of<VersionDuplicate>(rollout::plan(given.seen).events);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kept.number, 3U);
  EXPECT_EQ(found[0].others[0].number, 5U);
}

TEST(Creates, ReportsEveryFamilyWhereverItsVersionsAreListed) {
  Listing listing;
  for (const auto& [number, build] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {9, 1}, {8, 2}, {3, 1}, {7, 7}, {6, 2}, {2, 2}, {5, 1}, {4, 4}}) {
    Version version = a_version(number).version();
    version.annotations = a_version(build).version().annotations;
    listing.versions.push_back(version);
  }
  std::vector<std::vector<std::uint64_t>> families;
  for (const Family& family : duplicates(listing)) {
    std::vector<std::uint64_t>& numbers = families.emplace_back();
    numbers.push_back(family.kept.number);
    for (const Version& other : family.others) numbers.push_back(other.number);
  }
  std::sort(families.begin(), families.end());
  EXPECT_EQ(families, (std::vector<std::vector<std::uint64_t>>{{2, 6, 8}, {3, 5, 9}}));
}

// Promise 9: an unavailable root is told, and never taken as "no builds".
TEST(Creates, TellsOfARootThatCannotBeRead) {
  AnObservation given;
  given.versions = {a_version(1).aged(48h), a_version(2).deployed()};
  given.seen.builds.unavailable = "not mounted";
  const Plan plan = given.plan();
  EXPECT_EQ(all_of<SourceUnreadable>(plan.events).size(), 1U);
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_TRUE(stopped_by(plan, StopCode::RootUnavailable));
}

}  // namespace
}  // namespace rollout
