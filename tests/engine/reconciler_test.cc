// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/reconciler.h"

#include <gtest/gtest.h>

#include "tests/engine/small_world.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using Numbers = std::vector<std::uint64_t>;

class Pass : public testing::Test, public SmallWorld {
 protected:
  PassOutcome pass() {
    return reconciler.pass({config.get(), config->accounts.data(), config->workers.data()}, course,
                           "");
  }
  Caution caution;
  Reconciler reconciler{ports(), caution};
  Course course;
};

// Promise 2: the intent is in the journal before the call, the outcome after it.
TEST_F(Pass, JournalsTheIntentThenCallsThenJournalsTheOutcome) {
  disk.shows.builds = {a_build(500)};
  EXPECT_EQ(pass().result, PassFinished::Result::changed);
  EXPECT_EQ(calls, (Calls{"list", "deployments", "latest", "begin", "create", "finish done", "list",
                          "deployments"}));
  EXPECT_EQ(story.all<VersionCreated>().size(), 1U);
}

// One wrong `Date` must not make young versions old.
TEST_F(Pass, DeletesNothingForAnHourWhereTheAnswersDoNotAgreeAboutTheTime) {
  RetentionPolicy policy = a_retention_policy(1);
  policy.protect.min_age = {.exact = std::chrono::hours(96)};
  config->workers[0].retention = std::make_shared<RetentionPolicy>(policy);
  has_versions(3);
  pass();  // Since then they have been seen.
  Memory memory = *journal.recall(WorkerId("shop"));
  memory.pins[version_id(1)] = {"audit", "ops", kNow + 48h};
  ASSERT_TRUE(journal.keep(WorkerId("shop"), memory));
  for (auto* wrong : {&cloud.listing_is_ahead, &cloud.deployments_are_ahead}) {
    *wrong = 365 * 24h;
    pass();
    *wrong = 0ms;
    pass();
    EXPECT_TRUE(caution.hazards(clock.tick()).clock_suspect);
    clock.advance(1h);
    EXPECT_FALSE(caution.hazards(clock.tick()).clock_suspect);
  }
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "remove"), 0);
  EXPECT_TRUE(journal.recall(WorkerId("shop"))->pins.contains(version_id(1)));
}

TEST_F(Pass, KeepsTheSecretsOfTheVersionBefore) {
  has_versions(1);
  cloud.secrets = {"KEY", "SALT"};
  disk.shows.builds = {a_build(500)};
  pass();
  EXPECT_EQ(cloud.inherited, (std::vector<std::string>{"KEY", "SALT"}));
}

TEST_F(Pass, MakesNoVersionThatWouldLoseASecret) {
  config->workers[0].secrets = Secrets::named;
  has_versions(1);
  cloud.secrets = {"KEY"};
  disk.shows.builds = {a_build(500)};
  EXPECT_EQ(pass().result, PassFinished::Result::error);
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "create"), 0);
  ASSERT_EQ(story.all<VersionCreateFailed>().size(), 1U);
  config->workers[0].secrets = Secrets::drop;
  EXPECT_EQ(pass().result, PassFinished::Result::changed) << "it was not refused for good";
  EXPECT_TRUE(cloud.inherited.empty());
}

TEST_F(Pass, MakesNoVersionWhereTheOneBeforeCannotBeRead) {
  has_versions(1);
  cloud.next("latest", {Fault::When::before, FailureKind::transient});
  disk.shows.builds = {a_build(500)};
  EXPECT_EQ(pass().result, PassFinished::Result::error);
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "create"), 0);
}

/// A build with two assets of 50 bytes.
Build a_build_with_assets() {
  Build build = a_build(500);
  const Sha256 none{Sha256::Raw{}};
  AssetSet set;
  for (const char* name : {"a.html", "b.html"}) {
    set.files.push_back({.file = {name, "text/html", 50, none}, .hash = name});
  }
  set.bytes = 100;
  build.assets = std::make_shared<const AssetSet>(std::move(set));
  return build;
}

TEST_F(Pass, SendsTheAssetsBeforeItJournalsTheIntentOfTheVersion) {
  disk.shows.builds = {a_build_with_assets()};
  pass();
  const auto at = [this](const char* call) { return std::ranges::find(calls, call); };
  EXPECT_LT(at("upload"), at("begin"));
  EXPECT_LT(at("begin"), at("create"));
  EXPECT_EQ(cloud.redeemed, "completion");
  const auto told = story.all<AssetsUploading>();
  ASSERT_EQ(told.size(), 2U) << "its beginning and its end";
  EXPECT_EQ(told[0].files, 0U);
  EXPECT_EQ(told[1].files, 2U);
}

TEST_F(Pass, MakesNoVersionWhereAnUploadFailsAndNoIntentEither) {
  disk.shows.builds = {a_build_with_assets()};
  cloud.next("upload", {Fault::When::before, FailureKind::transient});
  EXPECT_EQ(pass().failure->kind, FailureKind::transient);
  EXPECT_EQ(std::ranges::count(calls, "begin"), 0);
  EXPECT_EQ(std::ranges::count(calls, "create"), 0);
  EXPECT_EQ(story.all<VersionCreateFailed>().size(), 1U);
  pass();
  EXPECT_EQ(cloud.versions.size(), 1U);
}

TEST_F(Pass, DoesNotRepeatARefusedUpload) {
  disk.shows.builds = {a_build_with_assets()};
  cloud.next("upload", {Fault::When::before, FailureKind::refused});
  pass();
  pass();
  EXPECT_EQ(std::ranges::count(calls, "upload"), 1);
  EXPECT_TRUE(cloud.versions.empty());
}

TEST_F(Pass, LetsAPersonsWordGoBeforeAnUpload) {
  disk.shows.builds = {a_build_with_assets()};
  triggers.somebody_speaks = true;
  EXPECT_EQ(pass().failure, std::nullopt) << "it is no failure";
  EXPECT_TRUE(cloud.versions.empty());
  EXPECT_EQ(std::ranges::count(calls, "upload"), 1) << "it is asked once";
  triggers.somebody_speaks = false;
  triggers.reload_failed = true;
  pass();
  EXPECT_EQ(cloud.versions.size(), 1U) << "a reload that failed waits for nothing";
}

TEST_F(Pass, LooksAgainAfterALongUploadAndThenCreates) {
  disk.shows.builds = {a_build_with_assets()};
  cloud.upload_takes = std::chrono::minutes(40);
  pass();
  const auto second = std::ranges::find(std::ranges::find(calls, "upload"), calls.end(), "list");
  EXPECT_NE(second, calls.end());
  EXPECT_EQ(std::ranges::count(calls, "create"), 1);
  const auto told = story.all<AssetsUploading>();
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[1].left, std::chrono::minutes(20));
  EXPECT_EQ(told[2].left, std::nullopt);
}

TEST_F(Pass, ThatSentNothingCreatesAtOnceHoweverLongItWaited) {
  disk.shows.builds = {a_build_with_assets()};
  cloud.assets_there = true;
  cloud.upload_takes = std::chrono::minutes(2);
  pass();
  EXPECT_EQ(std::ranges::count(calls, "upload"), 1);
  EXPECT_EQ(cloud.versions.size(), 1U);
}

TEST_F(Pass, CostsTwoRequestsWhereThereIsNothingToDo) {
  has_versions(1);
  EXPECT_EQ(pass().result, PassFinished::Result::noop);
  EXPECT_EQ(calls, (Calls{"list", "deployments"}));
}

TEST_F(Pass, WritesNothingInObserveMode) {
  config->mode = Mode::observe;
  has_versions(5);
  disk.shows.builds = {a_build(500)};
  pass();
  EXPECT_EQ(calls, (Calls{"list", "deployments"}));
  EXPECT_EQ(story.all<PrunePlanned>().size(), 1U);
}

TEST_F(Pass, SendsNothingWhereTheJournalIsFull) {
  disk.shows.builds = {a_build(500)};
  journal.full = true;
  EXPECT_EQ(pass().failure->kind, FailureKind::local);
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "create"), 0);
  EXPECT_EQ(story.all<JournalDegraded>().size(), 1U);
  journal.full = false;
  pass();
  EXPECT_EQ(cloud.versions.size(), 1U);
}

// Fault matrix 35.
TEST_F(Pass, AdoptsWhatSomebodyElseMadeMeanwhileAndRaisesAnAlarm) {
  disk.shows.builds = {a_build(500)};
  cloud.next("create", {Fault::When::before, FailureKind::unknown_outcome});
  pass();
  Version other = a_version(500).version();
  other.annotations.tag = "theirs";
  cloud.versions = {other};
  pass();
  EXPECT_EQ(story.all<VersionAdopted>().size(), 1U);
  ASSERT_EQ(story.all<ForeignIdentity>().size(), 1U);
  EXPECT_TRUE(story.all<ForeignIdentity>()[0].because.starts_with("its tag is `theirs`"));
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "create"), 1) << "no second one";
}

TEST_F(Pass, TellsThatABadReadKeepsAPlanFromBeingCarriedOut) {
  has_versions(3);
  caution.bad_read(clock.tick());
  pass();
  pass();
  ASSERT_EQ(story.all<PruneRefused>().size(), 1U) << "once";
  EXPECT_EQ(story.all<PruneRefused>()[0].code, "BadReads");
  config->mode = Mode::observe;
  pass();
  EXPECT_EQ(story.all<PruneRefused>().size(), 1U);
}

TEST_F(Pass, TellsThatSomethingElseIsInTheWayOfTheSamePlan) {
  has_versions(3);
  caution.configuration_broken(true);
  pass();
  caution.configuration_broken(false);
  caution.bad_read(clock.tick());
  pass();
  const auto refused = story.all<PruneRefused>();
  ASSERT_EQ(refused.size(), 2U);
  EXPECT_EQ(refused[1].code, "BadReads");
}

// Promise 1: the answer was lost, the version was made; it is found, and not made again.
TEST_F(Pass, AdoptsAVersionWhoseAnswerWasLost) {
  disk.shows.builds = {a_build(500)};
  cloud.next("create", {Fault::When::after, FailureKind::unknown_outcome});
  EXPECT_EQ(pass().failure->kind, FailureKind::unknown_outcome);
  EXPECT_TRUE(story.all<VersionCreated>().empty());
  EXPECT_FALSE(pass().failure);
  EXPECT_EQ(cloud.versions.size(), 1U);
  EXPECT_EQ(story.all<VersionAdopted>().size(), 1U);
  EXPECT_TRUE(story.all<ForeignIdentity>().empty()) << "it is our own";
}

// Promise 4.
TEST_F(Pass, SendsALostCreateAgainOnlyWhenItsAbsenceIsProved) {
  disk.shows.builds = {a_build(500)};
  cloud.next("create", {Fault::When::before, FailureKind::unknown_outcome});
  pass();
  const auto creates = [&] { return std::count(calls.begin(), calls.end(), "create"); };
  for (Millis waited = 0ms; waited < 250s; waited += 10s) {
    pass();
    EXPECT_EQ(creates(), 1) << "after " << waited.count() << " ms";
    clock.advance(10s);
  }
  pass();
  clock.advance(30s);
  pass();
  EXPECT_EQ(creates(), 2);
  EXPECT_EQ(cloud.versions.size(), 1U);
}

// The call may have waited for the rate budget before it was sent, and its body is base64.
TEST_F(Pass, CountsTheTimeOfALostCreateFromWhenItWasSent) {
  Build build = a_build(500);
  build.bytes = 12U << 20U;
  disk.shows.builds = {build};
  cloud.create_takes = 55s;
  cloud.next("create", {Fault::When::before, FailureKind::unknown_outcome});
  pass();
  const Timing& timing = config->accounts[0].timing;
  const Tick settled = clock.tick() + 60s + 16s + timing.t_max + timing.list_lag;
  const auto creates = [&] { return std::count(calls.begin(), calls.end(), "create"); };
  while (clock.tick() < settled + timing.relist) {
    pass();
    ASSERT_EQ(creates(), 1) << "at " << clock.tick().time_since_epoch().count() << " ms";
    clock.advance(10s);
  }
  pass();
  EXPECT_EQ(creates(), 2);
}

TEST_F(Pass, DoesNotRepeatARefusedCreate) {
  disk.shows.builds = {a_build(500)};
  cloud.next("create", {Fault::When::before, FailureKind::refused});
  pass();
  pass();
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "create"), 1);
  config->digest = "mended";
  pass();
  EXPECT_EQ(cloud.versions.size(), 1U);
}

// Promise 1: also for a process that knows of the create from the journal alone.
TEST_F(Pass, MakesNothingTwiceOverALaggingListingAfterARestart) {
  disk.shows.builds = {a_build(500)};
  std::vector<Version> made;
  cloud.before_list = [&] {
    cloud.before_list = [&] { made = std::exchange(cloud.versions, {}); };
  };
  pass();
  ASSERT_EQ(made.size(), 1U) << "no listing has shown it yet";
  disk.shows.builds[0].finished_at += 30s;
  Course forgotten;
  Reconciler again{ports(), caution};
  again.pass({config.get(), config->accounts.data(), config->workers.data()}, forgotten, "");
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "create"), 1);
  cloud.versions = made;
  again.pass({config.get(), config->accounts.data(), config->workers.data()}, forgotten, "");
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "create"), 1) << "the listing shows it";
}

TEST_F(Pass, RepeatsARefusedCreateUnderAnotherBinary) {
  config->program = "1.0";
  disk.shows.builds = {a_build(500)};
  cloud.next("create", {Fault::When::before, FailureKind::refused});
  pass();
  pass();
  EXPECT_TRUE(cloud.versions.empty());
  config->program = "1.1";
  pass();
  EXPECT_EQ(cloud.versions.size(), 1U);
}

TEST_F(Pass, SaysInItsSummaryThatADeletedVersionIsNotMadeAgain) {
  disk.shows.builds = {a_build(500)};
  pass();
  cloud.versions.clear();
  course.just_made.clear();
  has_versions(1);
  cloud.last_number = 1;
  pass();
  EXPECT_NE(story.all<PassFinished>().back().summary.find("was deleted"), std::string::npos);
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "create"), 1);
}

TEST_F(Pass, TellsWhatIsLeftAfterItsDeletes) {
  has_versions(3);
  pass();
  ASSERT_EQ(numbers(), Numbers{3});
  const auto finished = story.all<PassFinished>().back();
  EXPECT_EQ(finished.versions, 1U);
  EXPECT_EQ(finished.prunable, 0U);
  EXPECT_EQ(finished.kept, 1U);
}

TEST_F(Pass, IsNoSuccessWhereTheRootCannotBeRead) {
  disk.shows.unavailable = "permission denied";
  EXPECT_EQ(pass().result, PassFinished::Result::error);
  EXPECT_EQ(story.all<PassFinished>().back().result, PassFinished::Result::error);
  EXPECT_TRUE(story.all<PassFinished>().back().answered);
}

TEST_F(Pass, HoldsPruningWhereAVersionComesBackWithoutItsTrailer) {
  has_versions(3);
  disk.shows.builds = {a_build(500)};
  cloud.drops_messages = true;
  pass();
  EXPECT_EQ(story.all<IdentityLost>().size(), 1U);
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "remove"), 0);
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "create"), 1) << "and it is not made again";
}

// Promise 12: each delete has its own, fresh read of the deployments.
TEST_F(Pass, ReadsTheDeploymentsBeforeEachDelete) {
  has_versions(3);
  pass();
  EXPECT_EQ(numbers(), Numbers{3});
  EXPECT_EQ(calls, (Calls{"list", "deployments", "list", "begin", "deployments", "remove",
                          "finish done", "begin", "deployments", "remove", "finish done"}));
  EXPECT_EQ(cloud.last_send_by, 5s);
  EXPECT_EQ(story.all<PruneDeleted>().size(), 2U);
}

TEST_F(Pass, KeepsTheLastCopyOfABuildWhereAPersonDeletedTheOther) {
  has_versions(3);
  config->workers[0].retention = std::make_shared<RetentionPolicy>(a_retention_policy(10));
  config->workers[0].duplicates = Duplicates::remove;
  cloud.versions[1].annotations = cloud.versions[2].annotations;
  const auto original = cloud.versions[2].id;
  cloud.after_deployments = [&] {
    cloud.after_deployments = [&] {
      std::erase_if(cloud.versions, [&](const Version& v) { return v.id == original; });
    };
  };
  pass();
  EXPECT_EQ(numbers(), (Numbers{2, 3}));
  ASSERT_EQ(story.all<PruneRefused>().size(), 1U);
  EXPECT_EQ(story.all<PruneRefused>()[0].code, "LastCopy");
}

TEST_F(Pass, EndsTheRunWhereAVictimWasDeployedMeanwhile) {
  has_versions(3);
  cloud.after_deployments = [&] { cloud.serve(1); };
  pass();
  EXPECT_EQ(numbers(), (Numbers{1, 2, 3}));
  ASSERT_EQ(story.all<PruneRefused>().size(), 1U);
  EXPECT_EQ(story.all<PruneRefused>()[0].code, "Deployed");
}

TEST_F(Pass, EndsTheRunWhereAnythingWasDeployedMeanwhile) {
  has_versions(4);
  cloud.after_deployments = [&] { cloud.serve(3); };
  pass();
  EXPECT_EQ(numbers(), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(story.all<PruneRefused>()[0].code, "DeploymentsChanged");
}

// Promise 17: a broken reload, like any word of a person, is heard between two deletes.
TEST_F(Pass, EndsTheRunWhereAPersonHasSomethingToSay) {
  has_versions(5);
  cloud.after_deployments = [&] {
    cloud.after_deployments = [&] { triggers.somebody_speaks = true; };
  };
  const PassOutcome outcome = pass();
  EXPECT_EQ(numbers(), (Numbers{2, 3, 4, 5})) << "one delete was under way";
  EXPECT_EQ(outcome.look_again - clock.tick(), 1s) << "and the rest is planned anew at once";
}

// It may stay so for days.
TEST_F(Pass, LooksNoMoreOftenWhileAReloadIsBroken) {
  has_versions(1);
  triggers.reload_failed = true;
  EXPECT_EQ(pass().look_again - clock.tick(), config->workers[0].interval);
}

// Promise 14.
TEST_F(Pass, DeletesNothingWhereTwoListingsDiffer) {
  has_versions(3);
  cloud.after_deployments = [&] { cloud.versions.push_back(a_version(90).version()); };
  pass();
  EXPECT_EQ(cloud.versions.size(), 4U);
  EXPECT_EQ(story.all<PruneRefused>()[0].code, "ListingsDiffer");
}

TEST_F(Pass, DeletesNothingAfterABadReadForAnHour) {
  has_versions(3);
  cloud.next("list", {Fault::When::before, FailureKind::invalid});
  EXPECT_TRUE(pass().failure);
  pass();
  EXPECT_EQ(cloud.versions.size(), 3U);
  clock.advance(61min);
  pass();
  EXPECT_EQ(numbers(), Numbers{3});
}

TEST_F(Pass, TakesAFailedReadOfTheDeploymentsForNothing) {
  has_versions(3);
  cloud.next("deployments", {Fault::When::before, FailureKind::transient});
  EXPECT_TRUE(pass().failure);
  EXPECT_EQ(cloud.versions.size(), 3U);
}

// Fault matrix 43: after a time-out, a look by id says whether it is gone.
TEST_F(Pass, FindsADeleteWhoseAnswerWasLostDone) {
  has_versions(2);
  cloud.next("remove", {Fault::When::after, FailureKind::transient});
  pass();
  EXPECT_EQ(numbers(), Numbers{2});
  EXPECT_EQ(story.all<PruneDeleted>().size(), 1U);
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "get"), 1);
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "remove"), 1);
}

// Fault matrix 43.
TEST_F(Pass, TriesADeleteThreeTimesWithAReadBeforeEach) {
  has_versions(2);
  for (int i = 0; i < 3; ++i) cloud.next("remove", {Fault::When::before, FailureKind::transient});
  EXPECT_TRUE(pass().failure);
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "remove"), 3);
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "deployments"), 4);
}

TEST_F(Pass, KeepsWhatThePlatformRefusesToDelete) {
  has_versions(3);
  cloud.next("remove", {Fault::When::before, FailureKind::refused});
  pass();
  EXPECT_EQ(cloud.versions.size(), 3U) << "the first surprise ends the run";
  pass();
  EXPECT_EQ(numbers(), (Numbers{1, 3})) << "and the refused one is kept from then on";
}

TEST_F(Pass, TellsAnUnchangedPlanOnce) {
  config->mode = Mode::observe;
  has_versions(3);
  pass();
  pass();
  EXPECT_EQ(story.all<PrunePlanned>().size(), 1U);
}

}  // namespace
}  // namespace rollout
