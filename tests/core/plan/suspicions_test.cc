// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "daemon/core/plan/prune.h"
#include "tests/support/an_observation.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

/// Versions 1 and 2, the newer one deployed, and the build of it on disk.
AnObservation with_a_build() {
  AnObservation given;
  given.versions = {a_version(1).aged(48h), a_version(2).aged(24h).deployed()};
  given.seen.builds.builds = {a_build(2)};
  return given;
}

// Promise 9: another directory in place of the root must not take away what protects its builds.
TEST(Suspicions, TakeARootThatLostItsBuildsForUnavailable) {
  AnObservation given = with_a_build();
  const Plan before = given.plan();
  EXPECT_FALSE(stopped_by(before, StopCode::RootUnavailable));
  given.seen.builds = {};  // What a root with a stray file shows.
  Plan swapped = given.plan_again(before, 5min);
  EXPECT_TRUE(pruned(swapped).empty());
  ASSERT_TRUE(stopped_by(swapped, StopCode::RootUnavailable));
  EXPECT_TRUE(swapped.stops[0].message.starts_with("no finished build is in /srv/dist"))
      << swapped.stops[0].message;
  given.seen.builds.rejected = {{"/srv/dist", "MarkerInvalid", "it is another one"}};
  swapped = given.plan_again(swapped, 5min);
  EXPECT_TRUE(stopped_by(swapped, StopCode::RootUnavailable)) << "nor is that a finished build";
  given.seen.builds = {};
  given.seen.builds.builds = {a_build(2)};
  EXPECT_FALSE(stopped_by(given.plan_again(swapped, 5min), StopCode::RootUnavailable));
}

TEST(Suspicions, LeaveARootAloneThatNeverShowedABuild) {
  AnObservation given = with_a_build();
  const Plan before = given.plan();
  given.seen.builds = {};
  given.worker.build->path = "/srv/other";
  EXPECT_FALSE(stopped_by(given.plan_again(before, 5min), StopCode::RootUnavailable));
  given.worker.build.reset();
  EXPECT_FALSE(stopped_by(given.plan_again(before, 5min), StopCode::RootUnavailable));
}

// A pin must not be lost over one listing, nor outlive its version for ever.
TEST(Suspicions, DropAPinOnceItsVersionHasNotBeenListedForADay) {
  AnObservation given;
  given.versions = {a_version(1).aged(72h), a_version(2).aged(48h).deployed()};
  given.seen.memory.pins[version_id(1)] = {"audit", "ana", std::nullopt};
  Plan plan = given.plan();
  const std::vector<VersionBuilder> both = given.versions;
  given.versions.erase(given.versions.begin());
  const auto pinned_after = [&](Millis later) {
    plan = given.plan_again(plan, later);
    return plan.memory.pins.contains(version_id(1));
  };
  EXPECT_TRUE(pinned_after(5min));
  EXPECT_TRUE(pinned_after(23h));
  given.versions = both;
  EXPECT_TRUE(pinned_after(5min)) << "it is back, and the day begins anew";
  EXPECT_TRUE(pruned(plan).empty());
  given.versions.erase(given.versions.begin());
  EXPECT_TRUE(pinned_after(5min));
  EXPECT_TRUE(pinned_after(24h - 1ms));
  EXPECT_FALSE(pinned_after(1ms));
}

// What Cloudflare refuses today it need not refuse tomorrow, and nobody may be there to resume.
TEST(Suspicions, EndARefusalToDeleteAfterADay) {
  AnObservation given;
  given.versions = {a_version(1).aged(72h), a_version(2).aged(48h).deployed()};
  Plan plan = given.plan();
  ASSERT_EQ(pruned(plan), (std::vector<std::uint64_t>{1}));
  plan.memory.versions.at(version_id(1)).refused = true;
  plan = given.plan_again(plan, 5min);
  EXPECT_TRUE(pruned(plan).empty());
  plan = given.plan_again(plan, 24h - 5min - 1ms);
  EXPECT_TRUE(pruned(plan).empty());
  plan = given.plan_again(plan, 1ms);
  EXPECT_EQ(pruned(plan), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(plan.memory.versions.at(version_id(1)).refused_for, 0ms);
}

// A build that is there and cannot be read at the moment is still on disk; one that is gone is not.
TEST(Suspicions, KeepWhatADirectoryShowedBeforeItWasRejected) {
  AnObservation given;
  given.versions = {a_version(1).aged(72h), a_version(2).aged(48h), a_version(3).aged(24h)};
  given.versions[2].deployed();
  Build older = a_build(1);
  older.root = "/srv/dist/one";
  Build newer = a_build(3);
  newer.root = "/srv/dist/three";
  given.seen.builds.builds = {older, newer};
  const Plan before = given.plan();
  EXPECT_EQ(pruned(before), (std::vector<std::uint64_t>{2})) << "the build of 1 is on disk";
  given.seen.builds.builds = {newer};
  given.seen.builds.unfinished = {older.root, "/srv/dist/another"};
  const Plan rejected = given.plan_again(before, 5min);
  EXPECT_EQ(pruned(rejected), (std::vector<std::uint64_t>{2}));
  given.seen.builds.unavailable = "it hangs";
  given.seen.builds.builds.clear();
  given.seen.builds.unfinished.clear();
  const Plan hangs = given.plan_again(rejected, 5min);
  given.seen.builds.unavailable.reset();
  given.seen.builds.builds = {newer};
  given.seen.builds.unfinished = {older.root};
  EXPECT_EQ(pruned(given.plan_again(hangs, 5min)), (std::vector<std::uint64_t>{2}));
  given.seen.builds.unfinished.clear();
  EXPECT_EQ(pruned(given.plan_again(hangs, 5min)), (std::vector<std::uint64_t>{1, 2}));
}

// Whose deployments are these? A Worker that was renamed, and another took its name, perhaps.
TEST(Suspicions, StopWhereWhatServesIsNotListed) {
  AnObservation given;
  given.versions = {a_version(1).aged(72h), a_version(2).aged(48h), a_version(3).aged(24h)};
  given.versions[2].deployed();
  EXPECT_EQ(pruned(given.plan()), (std::vector<std::uint64_t>{1, 2}));
  Observed observed = given.observed();
  Deployment others = observed.deployments.deployments.front();
  others.versions = {{version_id(3), 50}, {version_id(77), 50}};
  observed.deployments.deployments.insert(observed.deployments.deployments.begin(), others);
  const Plan stopped = plan(observed);
  EXPECT_TRUE(pruned(stopped).empty());
  ASSERT_TRUE(stopped_by(stopped, StopCode::DeployedNotListed));
  EXPECT_TRUE(
      stopped.stops[0].message.starts_with(fmt::format("version {}", version_id(77).text())))
      << stopped.stops[0].message;
  std::swap(observed.deployments.deployments[0], observed.deployments.deployments[1]);
  EXPECT_EQ(pruned(plan(observed)), (std::vector<std::uint64_t>{1, 2})) << "it served once";
}

struct Dates {
  const char* name;
  std::optional<Millis> listing, deployments;  ///< Ahead of this host's clock.
  bool agree;
};
class TimesOfAPass : public testing::TestWithParam<Dates> {};

TEST_P(TimesOfAPass, AgreeOrDoNot) {
  AnObservation given;
  given.seen.listing_asked = given.seen.tick - 20s;
  const Dates& dates = GetParam();
  const auto said = [](const std::optional<Millis>& ahead) {
    return ahead ? std::optional(kNow + *ahead) : std::nullopt;
  };
  given.seen.listing.server_time = said(dates.listing);
  Observed observed = given.observed();
  observed.deployments.server_time = said(dates.deployments);
  observed.now = said(dates.deployments).value_or(said(dates.listing).value_or(kNow));
  EXPECT_EQ(times_agree(observed), dates.agree);
}

INSTANTIATE_TEST_SUITE_P(
    Suspicions, TimesOfAPass,
    testing::Values(Dates{"Both", 0s, 1s, true}, Dates{"NoneAtAll", {}, {}, true},
                    Dates{"AsLongAsTheReadsTook", 0s, 50s, true},
                    Dates{"MoreThanTheReadsTook", 0s, 51s, false}, Dates{"Back", 31s, 0s, false},
                    Dates{"OneIsADayAhead", 0s, 24h, false},
                    Dates{"TheOtherIsADayAhead", 24h, 0s, false},
                    // Fault matrix 60: ages are the server's, where its answers agree.
                    Dates{"ServiceFarFromThisHost", 24h, 24h, true},
                    Dates{"OneAloneNearThisHost", 5min, {}, true},
                    Dates{"OneAloneFarFromThisHost", {}, 6min, false},
                    Dates{"OneAloneFarBehind", -6min, {}, false}),
    [](const auto& tested) { return tested.param.name; });

// Fault matrix 60.
TEST(Suspicions, WarnOfAHostWhoseClockIsFarFromTheService) {
  AnObservation given = with_a_build();
  EXPECT_TRUE(given.plan().notices.empty());
  given.seen.host_now = given.seen.now - 6min;
  const Plan plan = given.plan();
  ASSERT_EQ(plan.notices.size(), 1U);
  EXPECT_EQ(plan.notices[0].code, "ClocksDiffer");
  EXPECT_FALSE(stopped_by(plan, StopCode::ClockSuspect));
}

}  // namespace
}  // namespace rollout
