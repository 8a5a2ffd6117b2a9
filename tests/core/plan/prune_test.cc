// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/prune.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/an_observation.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using Numbers = std::vector<std::uint64_t>;

/// Ten versions, a day apart; the newest serves, the one before did.
AnObservation ten_versions() {
  AnObservation given;
  for (std::uint64_t number = 1; number <= 10; ++number) {
    given.versions.push_back(a_version(number).aged((11 - number) * 24h));
  }
  given.versions[8].served(48h, 24h);
  given.versions[9].deployed();
  return given;
}

TEST(Prune, DeletesWhatNothingKeepsOldestFirst) {
  AnObservation given = ten_versions();
  EXPECT_EQ(pruned(given.plan()), (Numbers{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(Prune, RemembersExactlyWhatIsListedAndSinceWhen) {
  AnObservation given;
  given.versions = {a_version(5), a_version(2), a_version(4).deployed(), a_version(1)};
  Plan plan = given.plan();
  given.versions = {a_version(6), a_version(3), a_version(4).deployed(), a_version(2)};
  plan = given.plan_again(plan, 9h);  // It reaches further, so it is believed.
  std::map<std::uint64_t, Millis> known_for;
  for (const auto& [id, seen] : plan.memory.versions) {
    EXPECT_EQ(id, version_id(seen.number));
    known_for[seen.number] = given.seen.now - seen.first_seen;
  }
  EXPECT_EQ(known_for, (std::map<std::uint64_t, Millis>{{2, 9h}, {3, 0h}, {4, 9h}, {6, 0h}}));
  EXPECT_EQ(all_of<VersionGone>(plan.events).size(), 2U);
}

// Promise 16: every version is marked first, and waits for the whole grace period.
TEST(Prune, WaitsForTheGracePeriodWithoutABreak) {
  AnObservation given = ten_versions();
  given.retention.groups[0].keep[0].extents = {Count{9}};
  given.retention.limits.grace = {.exact = 10h};
  Plan plan = given.plan();
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_EQ(plan.waiting, 1U);
  EXPECT_EQ(all_of<PruneMarked>(plan.events).size(), 1U);
  plan = given.plan_again(plan, 9h);
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_TRUE(all_of<PruneMarked>(plan.events).empty()) << "marked once";
  plan = given.plan_again(plan, 1h);
  EXPECT_EQ(pruned(plan), Numbers{1});
}

TEST(Prune, StartsTheGraceAnewAfterAKeepAndAfterAChangeOfThePolicy) {
  AnObservation given = ten_versions();
  given.retention.groups[0].keep[0].extents = {Count{9}};
  given.retention.limits.grace = {.exact = 10h};
  Plan plan = given.plan_again(given.plan(), 9h);
  plan.memory.pins[version_id(1)] = {"wait", "ops", std::nullopt};
  plan = given.plan_again(plan, 1h);
  EXPECT_EQ(all_of<PruneUnmarked>(plan.events).size(), 1U);
  plan.memory.pins.clear();
  plan = given.plan_again(plan, 9h);
  EXPECT_TRUE(plan.actions.empty());
  plan = given.plan_again(plan, 9h);
  given.retention.hash = "another";
  plan = given.plan_again(plan, 9h);
  EXPECT_TRUE(plan.actions.empty()) << "another policy must earn its own grace";
}

TEST(Prune, CountsOnlyObservedTime) {
  AnObservation given = ten_versions();
  given.retention.limits.grace = {.exact = 10h};
  Plan plan = given.plan_again(given.plan(), 5h);
  given.seen.elapsed = 0ms;  // A restart after a long pause.
  given.seen.memory = plan.memory;
  given.seen.now += 1000h;
  given.seen.host_now += 1000h;
  given.seen.tick += 1000h;
  EXPECT_TRUE(given.plan().actions.empty());
}

TEST(Prune, KeepsWhatIsYoungerThanALostCreateCouldBe) {
  AnObservation given;
  given.versions = {a_version(1).aged(119s), a_version(2).aged(30s).deployed()};
  EXPECT_TRUE(given.plan().actions.empty());
  given.versions[0].aged(120s);
  EXPECT_EQ(pruned(given.plan()), Numbers{1});
}

TEST(Prune, KeepsWhatIsOldByItsDateAndWasFirstSeenWithinTheMinimumAge) {
  AnObservation given;
  given.versions = {a_version(1).aged(48h), a_version(2).deployed()};
  given.retention.protect.min_age = {.exact = 1h};
  const Plan first = given.plan();
  EXPECT_TRUE(first.actions.empty());
  EXPECT_TRUE(given.plan_again(first, 59min).actions.empty());
  EXPECT_EQ(pruned(given.plan_again(first, 1min)), Numbers{1});
}

// Promise 15.
TEST(Prune, DeletesNothingAboveALimit) {
  AnObservation given = ten_versions();
  given.retention.limits.max_deletes = 7;
  Plan plan = given.plan();
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_EQ(plan.ready.size(), 8U);
  EXPECT_TRUE(stopped_by(plan, StopCode::MaxDeletes));
  given.retention.limits.max_deletes = 8;
  EXPECT_EQ(given.plan().actions.size(), 8U);
  given.retention.limits.max_percent = 79;
  plan = given.plan();
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_TRUE(stopped_by(plan, StopCode::MaxPercent));
  given.retention.limits.max_percent = 80;
  EXPECT_EQ(given.plan().actions.size(), 8U);
}

TEST(Prune, LetsOneDeletePassAnyPercentage) {
  AnObservation given;
  given.versions = {a_version(1).aged(48h), a_version(2).deployed()};
  given.retention.limits.max_percent = 1;
  EXPECT_EQ(pruned(given.plan()), Numbers{1});
}

struct StopCase {
  const char* name;
  StopCode code;
  void (*arrange)(AnObservation&);
};
class EachStop : public testing::TestWithParam<StopCase> {};

TEST_P(EachStop, DeletesNothingAndSaysWhy) {
  AnObservation given = ten_versions();
  ASSERT_FALSE(given.plan().actions.empty());
  GetParam().arrange(given);
  const Plan plan = given.plan();
  EXPECT_TRUE(all_of<PruneVersion>(plan.actions).empty());
  ASSERT_TRUE(stopped_by(plan, GetParam().code));
  for (const Stop& stop : plan.stops) EXPECT_FALSE(stop.message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Prune, EachStop,
    testing::Values(StopCase{"Observe", StopCode::ObserveMode,
                             [](AnObservation& o) { o.seen.mode = Mode::observe; }},
                    StopCase{"Suspended", StopCode::Suspended,
                             [](AnObservation& o) {
                               o.seen.memory.suspension = Suspension{"x", "ops", {}};
                             }},
                    // Promise 17.
                    StopCase{"BrokenConfiguration", StopCode::ConfigurationBroken,
                             [](AnObservation& o) { o.seen.hazards.configuration_broken = true; }},
                    StopCase{"UnreadableRoot", StopCode::RootUnavailable,
                             [](AnObservation& o) { o.seen.builds.unavailable = "gone"; }},
                    StopCase{"AmbiguousCreate", StopCode::CreateAmbiguous,
                             [](AnObservation& o) {
                               OpenIntent open;
                               open.intent.digest = digest_of(77);
                               o.seen.memory.intents = {open};
                             }},
                    StopCase{"NothingDeployed", StopCode::NoCurrentDeployment,
                             [](AnObservation& o) {
                               o.seen.memory.had_deployment = true;
                               o.versions.clear();
                               for (std::uint64_t n = 1; n <= 10; ++n) {
                                 o.versions.push_back(a_version(n).aged((11 - n) * 24h));
                               }
                             }},
                    StopCase{"SameInstants", StopCode::SameInstants,
                             [](AnObservation& o) {
                               for (std::size_t i = 0; i < 6; ++i) o.versions[i].aged(100h);
                             }},
                    // Promise 14.
                    StopCase{"NumbersWentDown", StopCode::NumberWentDown,
                             [](AnObservation& o) { o.seen.memory.highest_number = 11; }},
                    // Promise 20.
                    StopCase{"ClockJumped", StopCode::ClockSuspect,
                             [](AnObservation& o) { o.seen.hazards.clock_suspect = true; }},
                    StopCase{"BadReads", StopCode::BadReads,
                             [](AnObservation& o) { o.seen.hazards.bad_reads = true; }},
                    StopCase{"ManyCreates", StopCode::ManyCreates,
                             [](AnObservation& o) { o.seen.hazards.many_creates = true; }},
                    // Promise 21.
                    StopCase{"JournalLost", StopCode::JournalLost,
                             [](AnObservation& o) { o.seen.hazards.recovering = true; }},
                    StopCase{"Held", StopCode::PruneHeld,
                             [](AnObservation& o) { o.seen.memory.prune_held = true; }}),
    [](const auto& tested) { return tested.param.name; });

TEST(Prune, StopsForAnHourWhereTheNewestVersionWasDeletedByAPerson) {
  AnObservation given = ten_versions();
  given.seen.memory.highest_number = 11;
  Plan plan = given.plan();
  EXPECT_TRUE(stopped_by(plan, StopCode::NumberWentDown));
  given.seen.short_since = given.seen.tick;
  plan = given.plan_again(plan, 59min);
  EXPECT_TRUE(stopped_by(plan, StopCode::NumberWentDown));
  plan = given.plan_again(plan, 1min);
  EXPECT_EQ(plan.memory.highest_number, 10U);
  EXPECT_FALSE(stopped_by(given.plan_again(plan, 5min), StopCode::NumberWentDown));
}

TEST(Prune, LosesNoPinOverAListingThatLacksIt) {
  AnObservation given = ten_versions();
  given.seen.memory.pins[version_id(1)] = {"audit", "ops", std::nullopt};
  const auto all = given.versions;
  given.versions.erase(given.versions.begin());
  const Plan without = given.plan();
  given.versions = all;
  const Plan plan = given.plan_again(without, 5min);
  EXPECT_EQ(pruned(plan), (Numbers{2, 3, 4, 5, 6, 7, 8}));
}

TEST(Prune, CountsTwinsAgainstTheLimits) {
  AnObservation given;
  given.retention = a_retention_policy(10);
  given.worker.duplicates = Duplicates::remove;
  for (std::uint64_t number = 1; number <= 5; ++number) {
    given.versions.push_back(a_version(number).aged((50 - number) * 1h));
  }
  given.versions.push_back(a_version(6).deployed());
  given.observed();
  for (std::size_t i = 1; i < 5; ++i) {
    given.seen.listing.versions[i].annotations = given.seen.listing.versions[0].annotations;
  }
  EXPECT_EQ(pruned(rollout::plan(given.seen)), (Numbers{2, 3, 4, 5}));
  given.retention.limits.max_deletes = 3;
  given.worker.retention = std::make_shared<RetentionPolicy>(given.retention);
  const Plan plan = rollout::plan(given.seen);
  EXPECT_TRUE(pruned(plan).empty());
  EXPECT_TRUE(stopped_by(plan, StopCode::MaxDeletes));
}

// Fault matrix 36.
TEST(Prune, ForgetsNothingOverAnEmptyListing) {
  AnObservation given = ten_versions();
  const Plan first = given.plan();
  given.versions.clear();
  const Plan second = given.plan_again(first, 5min);
  EXPECT_TRUE(stopped_by(second, StopCode::EmptyListing));
  EXPECT_TRUE(pruned(second).empty());
  EXPECT_TRUE(second.look_again) << "a second read";
  EXPECT_EQ(second.memory.versions.size(), 10U);
}

TEST(Prune, ClosesACutOffDeleteByWhatTheListingShows) {
  AnObservation given = ten_versions();
  OpenIntent gone;
  gone.id = 1;
  gone.intent.kind = IntentKind::prune;
  gone.intent.version = version_id(77);
  OpenIntent there = gone;
  there.id = 2;
  there.intent.version = version_id(3);
  given.seen.memory.intents = {gone, there};
  const auto closed = all_of<CloseIntent>(given.plan().actions);
  ASSERT_EQ(closed.size(), 2U);
  EXPECT_EQ(closed[0].outcome, OutcomeKind::done);
  EXPECT_EQ(closed[1].outcome, OutcomeKind::failed);
}

TEST(Prune, RemovesAnUndeployedTwinWhereAskedTo) {
  AnObservation given;
  given.retention = a_retention_policy(10);
  given.worker.duplicates = Duplicates::remove;
  given.versions = {a_version(1).aged(48h), a_version(2).aged(47h), a_version(3).deployed()};
  given.observed();
  given.seen.listing.versions[1].annotations = given.seen.listing.versions[0].annotations;
  EXPECT_EQ(pruned(rollout::plan(given.seen)), Numbers{2});
  given.worker.duplicates = Duplicates::report;
  EXPECT_TRUE(pruned(rollout::plan(given.seen)).empty());
  given.worker.duplicates = Duplicates::remove;
  given.seen.memory.pins[version_id(1)] = {"mine", "ops", std::nullopt};
  EXPECT_TRUE(pruned(rollout::plan(given.seen)).empty());
}

/// Versions 1 to 3; `original` and `twin` carry the same build, the other one serves.
AnObservation with_a_twin(std::size_t original, std::size_t twin) {
  AnObservation given;
  given.retention = a_retention_policy(10);
  given.worker.duplicates = Duplicates::remove;
  for (std::uint64_t number = 1; number <= 3; ++number) {
    given.versions.push_back(a_version(number).aged((50 - number) * 1h));
    if (number != original && number != twin) given.versions.back().deployed();
  }
  given.observed();
  auto& versions = given.seen.listing.versions;
  versions[twin - 1].annotations = versions[original - 1].annotations;
  return given;
}

Plan replan(AnObservation& given) {
  given.worker.retention = std::make_shared<RetentionPolicy>(given.retention);
  given.seen.worker = &given.worker;
  given.seen.account = &given.account;
  return rollout::plan(given.seen);
}

// Promise 16: a twin waits for the whole grace period, too.
TEST(Prune, RemovesATwinAfterTheGracePeriod) {
  AnObservation given = with_a_twin(1, 2);
  given.retention.limits.grace = {.exact = 10h};
  const auto later = [&given](const Plan& plan, Millis by) {
    given.seen.memory = plan.memory;
    given.seen.now += by;
    given.seen.host_now += by;
    given.seen.tick += by;
    given.seen.elapsed = by;
    return replan(given);
  };
  Plan plan = replan(given);
  EXPECT_TRUE(pruned(plan).empty());
  EXPECT_EQ(plan.waiting, 1U);
  ASSERT_EQ(all_of<PruneMarked>(plan.events).size(), 1U);
  EXPECT_EQ(all_of<PruneMarked>(plan.events)[0].because, "it carries the same build as version 1");
  plan = later(plan, 9h);
  EXPECT_TRUE(pruned(plan).empty());
  EXPECT_EQ(pruned(later(plan, 1h)), Numbers{2});
  // Whatever keeps it for once starts the wait anew.
  given.worker.duplicates = Duplicates::report;
  plan = later(plan, 1h);
  EXPECT_EQ(all_of<PruneUnmarked>(plan.events).size(), 1U);
  given.worker.duplicates = Duplicates::remove;
  EXPECT_TRUE(pruned(later(plan, 1h)).empty());
}

TEST(Prune, LetsATwinWaitForADayWhereThereIsNoPolicy) {
  AnObservation given = with_a_twin(1, 2);
  given.worker.retention.reset();
  given.seen.worker = &given.worker;
  given.seen.account = &given.account;
  const auto later = [&given](Millis by) {
    given.seen.memory = rollout::plan(given.seen).memory;
    given.seen.now += by;
    given.seen.host_now += by;
    given.seen.elapsed = by;
    return rollout::plan(given.seen);
  };
  EXPECT_EQ(later(1h).waiting, 1U) << "it is old enough by now";
  EXPECT_TRUE(pruned(later(23h)).empty());
  EXPECT_EQ(pruned(later(1h)), Numbers{2});
}

TEST(Prune, LeavesATwinWhoseOriginalIsCondemned) {
  AnObservation given = with_a_twin(1, 2);
  EXPECT_EQ(pruned(replan(given)), Numbers{2});
  given.retention.groups[0].keep[0].extents = {Count{2}};
  EXPECT_EQ(pruned(replan(given)), Numbers{1}) << "or both copies would go";
}

TEST(Prune, LeavesATwinThatIsTheNewestVersion) {
  AnObservation given = with_a_twin(1, 3);
  EXPECT_TRUE(pruned(replan(given)).empty());
}

TEST(Prune, LeavesATwinThatIsTheNewestOfItsGroup) {
  AnObservation given = with_a_twin(1, 2);
  given.seen.listing.versions[1].annotations.tag = "pr-1";
  given.retention.groups.insert(
      given.retention.groups.begin(),
      {"preview", {Pattern::parse("pr-*").value()}, {{RuleKind::last, {Count{1}}, {}}}});
  EXPECT_TRUE(pruned(replan(given)).empty());
}

TEST(Prune, DeletesNothingOutsideItsWindow) {
  AnObservation given = ten_versions();  // On a Tuesday at noon.
  given.retention.limits.window = Window::parse("Tue 12:00-13:00").value();
  EXPECT_FALSE(pruned(given.plan()).empty());
  given.retention.timezone = Zone::find("Europe/Paris").value();
  const Plan plan = given.plan();
  EXPECT_TRUE(pruned(plan).empty());
  EXPECT_FALSE(plan.ready.empty());
  ASSERT_EQ(plan.stops.size(), 1U);
  EXPECT_EQ(to_string(plan.stops[0].code), "OutsideWindow");
  EXPECT_EQ(plan.stops[0].message,
            "it is Tue 13:00 in Europe/Paris, outside the window Tue 12:00-13:00");
}

TEST(Prune, LetsAGroupGoWholeWithMinKeepZeroAlone) {
  AnObservation given = ten_versions();
  for (std::size_t i = 0; i < 3; ++i) given.versions[i].tagged("pr-7-a");
  Group preview{"preview", {Pattern::parse("pr-<pr>-*").value()}, {}};
  preview.keep = {{RuleKind::within, {Duration{.exact = 1h}}, {}}};
  preview.per = "pr";
  preview.anchor = Anchor::now;
  given.retention.groups.insert(given.retention.groups.begin(), preview);
  given.retention.groups[1].keep = {{RuleKind::last, {Every{}}, {}}};
  EXPECT_EQ(pruned(given.plan()), (Numbers{1, 2})) << "the newest of the group stays";
  given.retention.groups[0].min_keep = 0;
  EXPECT_EQ(pruned(given.plan()), (Numbers{1, 2, 3}));
}

TEST(Prune, NamesAPlanByWhatItWouldWrite) {
  AnObservation given = ten_versions();
  const std::string id = given.plan().id;
  EXPECT_EQ(given.plan().id, id);
  given.seen.mode = Mode::observe;
  EXPECT_EQ(given.plan().id, id);
  given.retention.groups[0].keep[0].extents = {Count{2}};
  given.retention.protect.rollback = 5;
  given.versions[3].served(100h, 90h);
  EXPECT_NE(given.plan().id, id);
}

}  // namespace
}  // namespace rollout
