// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/lane.h"

#include "daemon/core/model/exit_codes.h"
#include "tests/engine/lane_fixture.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

TEST_F(LaneTest, PassesAtOnceAndThenAtItsInterval) {
  config->workers[0].build.reset();
  run(3);
  EXPECT_EQ(count("list"), 3);
  EXPECT_EQ(triggers.waited, (std::vector<Millis>{0ms, 5min, 5min}));
}

// Promise 8: without any event a build is found within one rescan.
TEST_F(LaneTest, FindsABuildWithoutAnyEvent) {
  has_versions(1);
  run(1);
  disk.shows.builds = {a_build(500)};
  run(2);
  EXPECT_EQ(cloud.versions.size(), 2U);
}

TEST_F(LaneTest, LooksAtTheDiskAloneWhereNothingChanged) {
  run(6);
  EXPECT_LE(count("list"), 2) << "rescans cost no request";
  for (const Millis waited : triggers.waited) EXPECT_LE(waited, 75s);
}

TEST_F(LaneTest, ProbesEveryFiveMinutesWhereTheTokenIsRefused) {
  config->workers[0].build.reset();
  for (int i = 0; i < 3; ++i) cloud.next("list", {Fault::When::before, FailureKind::unauthorized});
  run(4);
  EXPECT_EQ(triggers.waited, (std::vector<Millis>{0ms, 5min, 5min, 5min}));
  EXPECT_EQ(story.all<AuthFailed>().size(), 3U);
  EXPECT_EQ(story.all<ApiRecovered>().size(), 1U);
}

// Journey J7: whatever happens meanwhile, and however many Workers there are.
TEST_F(LaneTest, SendsOneRequestInFiveMinutesWhileTheTokenIsRefused) {
  config->workers.push_back(config->workers[0]);
  config->workers[1].id = WorkerId("another");
  for (int i = 0; i < 100; ++i) {
    cloud.next("list", {Fault::When::before, FailureKind::unauthorized});
  }
  std::vector<Tick> asked;
  std::uint64_t builds = 0;
  triggers.before_wait = [&](int) {
    for (; asked.size() < calls.size();) asked.push_back(clock.tick());
    disk.shows.builds = {a_build(500 + ++builds)};
  };
  run(60);
  ASSERT_GE(asked.size(), 5U) << "it goes on";
  for (std::size_t i = 1; i < asked.size(); ++i) {
    EXPECT_EQ(asked[i] - asked[i - 1], 5min) << "request " << i;
  }
  EXPECT_EQ(static_cast<std::size_t>(count("list")), calls.size()) << "and nothing else is sent";
}

TEST_F(LaneTest, TakesNoReadForAProofThatTheTokenMayWrite) {
  disk.shows.builds = {a_build(500)};
  cloud.next("create", {Fault::When::before, FailureKind::unauthorized});
  long lists = 0;
  triggers.before_wait = [&](int left) {
    if (left == 13) {
      disk.shows.builds.clear();
      lists = count("list");
    }
    if (left != 4) return;
    EXPECT_GT(count("list"), lists) << "reads have succeeded meanwhile";
    EXPECT_TRUE(story.all<ApiRecovered>().empty()) << "and prove nothing of writes";
    disk.shows.builds = {a_build(500)};
  };
  run(14);
  ASSERT_EQ(story.all<AuthFailed>().size(), 1U);
  EXPECT_TRUE(story.all<AuthFailed>()[0].writing);
  EXPECT_EQ(cloud.versions.size(), 1U);
  EXPECT_EQ(story.all<ApiRecovered>().size(), 1U);
}

TEST_F(LaneTest, AnswersACommandWhileTheAccountWaitsWithoutACall) {
  config->workers[0].build.reset();
  cloud.next("list", {Fault::When::before, FailureKind::unauthorized});
  std::vector<Answer> answers;
  triggers.before_wait = [&](int left) {
    if (left != 1) return;
    Wake wake;
    for (const Command& command :
         {Command(ReconcileCommand{WorkerId("shop")}), Command(PlanCommand{WorkerId("shop")}),
          Command(SuspendCommand{WorkerId("shop"), "freeze", std::nullopt})}) {
      wake.requests.push_back(
          {command, "anna", [&](Answer answer) { answers.push_back(std::move(answer)); }});
    }
    triggers.wakes.push_back(std::move(wake));
  };
  run(2);
  EXPECT_EQ(count("list"), 1);
  ASSERT_EQ(answers.size(), 3U);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(answers[static_cast<std::size_t>(i)].exit, 77);
    EXPECT_TRUE(
        said(answers[static_cast<std::size_t>(i)]).starts_with("account main is waiting until "));
  }
  EXPECT_EQ(answers[2].exit, 0) << "it needs no call";
}

TEST_F(LaneTest, BacksOffAndRecovers) {
  config->workers[0].build.reset();
  cloud.next("list", {Fault::When::before, FailureKind::transient});
  run(2);
  ASSERT_EQ(story.all<ApiUnavailable>().size(), 1U);
  EXPECT_EQ(story.all<ApiRecovered>().size(), 1U);
  EXPECT_LE(triggers.waited[1], 1s);
}

TEST_F(LaneTest, LetsOneBrokenWorkerHoldUpNoOther) {
  config->workers[0].build.reset();
  WorkerConfig other = config->workers[0];
  other.id = WorkerId("another");
  config->workers.insert(config->workers.begin(), other);
  other.id = WorkerId("yet-another");
  config->workers.push_back(other);
  cloud.broken = WorkerId("shop");
  run(40);
  EXPECT_GE(std::count(cloud.listed.begin(), cloud.listed.end(), "another"), 4);
  EXPECT_EQ(std::count(cloud.listed.begin(), cloud.listed.end(), "another"),
            std::count(cloud.listed.begin(), cloud.listed.end(), "yet-another"));
  const auto passed = clock.tick() - Tick();
  EXPECT_LE(count("list"), 3 * (passed / 5min + 1) + 6) << "and no storm of requests";
}

TEST_F(LaneTest, AsksOncePerProbeWhereNothingAnswers) {
  config->workers[0].build.reset();
  WorkerConfig other = config->workers[0];
  other.id = WorkerId("another");
  config->workers.push_back(other);
  for (int i = 0; i < 100; ++i) cloud.next("list", {Fault::When::before, FailureKind::transient});
  run(30);
  const auto passed = clock.tick() - Tick();
  EXPECT_LE(count("list"), passed / 5min + 10);
}

// Promise 17: after a failed reload nothing is deleted until the next good one.
TEST_F(LaneTest, DeletesNothingWhileTheConfigurationIsBroken) {
  Wake broken;
  broken.configuration_broken = true;
  triggers.wakes.push_back(std::move(broken));
  has_versions(3);
  run(3);
  EXPECT_EQ(count("remove"), 0);
  Wake mended;
  mended.config = std::make_shared<Config>(*config);
  triggers.wakes.push_back(std::move(mended));
  run(2);
  EXPECT_EQ(count("remove"), 2);
}

// Promise 21: after a lost journal nothing is written before the settle period is over, and nothing
// is deleted before a person has resumed the Worker.
TEST_F(LaneTest, RecoversFromALostJournal) {
  has_versions(3);
  disk.shows.builds = {a_build(500)};
  journal.lost = "the journal was missing";
  run(2);
  EXPECT_EQ(count("create"), 0);
  EXPECT_EQ(count("remove"), 0);
  run(12);
  EXPECT_FALSE(journal.lost);
  EXPECT_EQ(count("create"), 1);
  EXPECT_EQ(count("remove"), 0) << "pins may be lost";
  EXPECT_EQ(ask(ResumeCommand{WorkerId("shop")}).exit, 0);
  run(2);
  EXPECT_GT(count("remove"), 0);
}

// Promise 21: its pins are lost too, and it may come back.
TEST_F(LaneTest, HoldsPruningOfAWorkerThatWasGoneDuringTheRecovery) {
  has_versions(3);
  config->workers[0].build.reset();
  journal.lost = "the journal was missing";
  for (int i = 0; i < 2; ++i) cloud.next("list", {Fault::When::before, FailureKind::not_found});
  run(5);
  EXPECT_FALSE(journal.lost) << "the recovery has ended";
  run(6);
  EXPECT_EQ(count("remove"), 0);
  EXPECT_TRUE(journal.recall(WorkerId("shop"))->prune_held);
}

// Promise 21: and so are those of a Worker that was not configured meanwhile.
TEST_F(LaneTest, HoldsPruningOfAWorkerThatComesBackAfterTheRecovery) {
  has_versions(3);
  config->workers[0].build.reset();
  const auto with_shop = std::make_shared<Config>(*config);
  config->workers[0].id = WorkerId("another");
  config->workers[0].retention.reset();
  journal.lost = "the journal was missing";
  run(8);
  ASSERT_FALSE(journal.lost) << "the recovery has ended";
  config = with_shop;
  run(4);
  EXPECT_EQ(count("remove"), 0) << "pins may be lost";
  EXPECT_EQ(said(ask(ResumeCommand{WorkerId("shop")})), "shop is resumed");
  run(2);
  EXPECT_EQ(count("remove"), 2);
}

TEST_F(LaneTest, LetsAWorkerBeResumedThatWasNotLookedAtSinceTheJournalWasLost) {
  has_versions(3);
  config->workers[0].build.reset();
  ASSERT_TRUE(journal.keep_account({{}, kNow - 48h, ""}));
  EXPECT_EQ(said(ask(ResumeCommand{WorkerId("shop")})), "shop is resumed");
  run(2);
  EXPECT_EQ(count("remove"), 2);
}

// What is to last an hour outlives the process.
TEST_F(LaneTest, HoldsPruningAfterABadReadThoughItIsRestarted) {
  has_versions(3);
  config->workers[0].build.reset();
  cloud.next("list", {Fault::When::before, FailureKind::invalid});
  run(1);
  EXPECT_EQ(count("remove"), 0);
  run(3);
  EXPECT_EQ(count("list"), 4);
  EXPECT_EQ(count("remove"), 0);
  clock.advance(1h);
  run(1);
  EXPECT_EQ(count("remove"), 0) << "the hour begins anew with each start";
  run(14);
  EXPECT_EQ(count("remove"), 2);
}

// Both entries would make a version of a build, and each delete what the other protects.
TEST_F(LaneTest, LooksAfterNoWorkerThatIsConfiguredByItsNameAndByItsId) {
  has_versions(3);
  disk.shows.builds = {a_build(500)};
  WorkerConfig again = config->workers[0];
  again.id = WorkerId("0123456789abcdef0123456789abcdef");
  config->workers.insert(config->workers.begin(), again);
  WorkerConfig other = again;
  other.id = WorkerId("ffffffffffffffffffffffffffffffff");
  config->workers.push_back(other);
  cloud.names = {{again.id, "shop"}, {other.id, "blog"}};
  run(4);
  const auto refused = story.all<PruneRefused>();
  ASSERT_EQ(refused.size(), 2U) << "each entry, once";
  EXPECT_EQ(refused[0].code, "ConfiguredTwice");
  EXPECT_TRUE(refused[0].detail.contains(
      "it is configured twice, as 0123456789abcdef0123456789abcdef and as shop"))
      << refused[0].detail;
  EXPECT_EQ(std::count(cloud.listed.begin(), cloud.listed.end(), "shop"), 0);
  EXPECT_GT(std::count(cloud.listed.begin(), cloud.listed.end(), other.id.text()), 0);
  EXPECT_EQ(count("worker"), 2) << "each id is looked up once";
  Wake mended;
  config->workers.erase(config->workers.begin());
  mended.config = std::make_shared<Config>(*config);
  triggers.wakes.push_back(std::move(mended));
  run(2);
  EXPECT_GT(std::count(cloud.listed.begin(), cloud.listed.end(), "shop"), 0);
}

// Until it is known whether it is the same one, neither is looked after.
TEST_F(LaneTest, LooksAfterNoWorkerWhoseOtherEntryCannotBeLookedUp) {
  has_versions(3);
  disk.shows.builds = {a_build(500)};
  WorkerConfig again = config->workers[0];
  again.id = WorkerId("0123456789abcdef0123456789abcdef");
  config->workers.push_back(again);
  cloud.names = {{again.id, "shop"}};
  for (int i = 0; i < 2; ++i) cloud.next("worker", {Fault::When::before, FailureKind::transient});
  run(1);
  EXPECT_EQ(count("worker"), 2);
  EXPECT_EQ(count("create") + count("remove"), 0);
  EXPECT_EQ(story.all<ApiUnavailable>().size(), 2U) << "it is told, and tried again";
  run(1);
  EXPECT_EQ(story.all<PruneRefused>().size(), 2U);
  EXPECT_EQ(count("create") + count("remove"), 0);
}

TEST_F(LaneTest, TakesAnIdThatIsNotThereForNoOtherEntry) {
  has_versions(3);
  WorkerConfig gone = config->workers[0];
  gone.id = WorkerId("0123456789abcdef0123456789abcdef");
  config->workers.push_back(gone);
  for (int i = 0; i < 2; ++i) cloud.next("worker", {Fault::When::before, FailureKind::not_found});
  run(1);
  EXPECT_GT(std::count(cloud.listed.begin(), cloud.listed.end(), "shop"), 0);
}

TEST_F(LaneTest, AsksForNoNamesWhereAllStandByThem) {
  run(2);
  EXPECT_EQ(count("worker"), 0);
}

TEST_F(LaneTest, SaysWhoDeletedAVersionThatIsGone) {
  config->mode = Mode::observe;
  has_versions(3);
  run(1);
  cloud.versions.pop_back();  // By hand.
  run(1);
  ASSERT_EQ(story.all<VersionGone>().size(), 1U);
  EXPECT_EQ(story.all<VersionGone>()[0].number, 1U);
  const Answer answer = ask(ExplainCommand{WorkerId("shop"), "v1"});
  const auto& explanation = std::get<Explanation>(answer.body);
  ASSERT_EQ(explanation.notices.size(), 1U);
  EXPECT_EQ(explanation.notices[0].code, "DeletedElsewhere");
  EXPECT_EQ(explanation.ledger.front().event, "version.gone");
  run(3);
  EXPECT_EQ(story.all<VersionGone>().size(), 1U) << "said once";
}

TEST_F(LaneTest, TellsNothingOfWhatItDeletedItself) {
  has_versions(3);
  const std::vector<Version> before = cloud.versions;
  run(2);
  ASSERT_EQ(count("remove"), 2);
  const std::vector<Version> after = std::exchange(cloud.versions, before);
  config->mode = Mode::observe;
  run(1);  // A listing that lags behind shows them once more.
  cloud.versions = after;
  run(1);
  EXPECT_TRUE(story.all<VersionGone>().empty());
}

// Journey J7: before the day, and not every hour.
TEST_F(LaneTest, SaysOnceAWeekThatTheTokenEndsSoon) {
  config->workers[0].build.reset();
  config->workers[0].interval = 6h;
  cloud.token_ends = kNow + 15 * 24h;
  run(4);
  EXPECT_EQ(story.all<AuthChecked>().front().expires, cloud.token_ends);
  EXPECT_TRUE(story.all<AuthExpiring>().empty()) << "it is more than two weeks";
  cloud.token_ends = kNow + 9 * 24h;
  run(6 * 24);
  const auto expiring = story.all<AuthExpiring>();
  ASSERT_EQ(expiring.size(), 1U);
  EXPECT_GT(expiring[0].left, 7 * 24h);
  EXPECT_LE(count("verify"), 2 * 8 + 2) << "twice a day is enough";
}

TEST_F(LaneTest, HoldsNothingAgainstATokenThatDoesNotSayWhenItEnds) {
  config->workers[0].build.reset();
  cloud.next("verify", {Fault::When::before, FailureKind::unauthorized});
  run(3);
  EXPECT_EQ(count("verify"), 1) << "it is asked again after an hour";
  EXPECT_TRUE(story.all<AuthFailed>().empty());
  EXPECT_EQ(count("list"), 3);
  run(13);
  EXPECT_EQ(story.all<AuthChecked>().size(), 1U);
}

TEST_F(LaneTest, PromisesTheWatchdogWhenItWillBeHeardOfAgain) {
  run(2);
  EXPECT_GE(progress.promised(), clock.tick());
}

TEST_F(LaneTest, PromisesTheWatchdogTheTimeThatTheDiskIsGiven) {
  config->workers[0].timeout = std::chrono::minutes(30);
  int looks = 0;
  disk.on_look = [&] {
    ++looks;
    clock.advance(config->workers[0].timeout);
    EXPECT_GE(progress.promised(), clock.tick()) << "look " << looks;
  };
  Wake wake;
  for (int i = 0; i < 3; ++i) {
    wake.requests.push_back({PlanCommand{WorkerId("shop")}, "anna", [](const Answer&) {}});
  }
  triggers.wakes.push_back(std::move(wake));
  run(2);
  EXPECT_GE(looks, 5) << "three plans, a rescan and a pass";
}

TEST_F(LaneTest, KeepsAPinnedVersionAndSaysWhy) {
  config->mode = Mode::observe;
  has_versions(3);
  run(1);
  EXPECT_EQ(ask(PinCommand{WorkerId("shop"), "v1", "audit", std::nullopt}).exit, 0);
  const Answer answer = ask(ExplainCommand{WorkerId("shop"), "v1"});
  const auto& explanation = std::get<Explanation>(answer.body);
  ASSERT_TRUE(explanation.verdict);
  EXPECT_TRUE(explanation.verdict->kept());
  EXPECT_EQ(explanation.pin->actor, "anna");
  EXPECT_EQ(ask(UnpinCommand{WorkerId("shop"), "v1"}).exit, 0);
  EXPECT_FALSE(std::get<Explanation>(ask(ExplainCommand{WorkerId("shop"), "v1"}).body).pin);
}

TEST_F(LaneTest, UnpinsAVersionThatIsGone) {
  config->mode = Mode::observe;
  has_versions(4);
  run(1);
  for (const char* version : {"v1", "v2"}) {
    EXPECT_EQ(ask(PinCommand{WorkerId("shop"), version, "audit", std::nullopt}).exit, 0);
  }
  cloud.versions.erase(cloud.versions.begin() + 2, cloud.versions.end());  // By hand.
  run(1);
  const std::string id(version_id(1).text());
  EXPECT_EQ(said(ask(UnpinCommand{WorkerId("shop"), id})),
            "version " + id + ", which is not listed any more, is no longer pinned");
  EXPECT_EQ(ask(UnpinCommand{WorkerId("shop"), id}).exit, kExitFailed) << "nothing has this id";
  cloud.next("list", {Fault::When::before, FailureKind::transient});
  const std::string other(version_id(2).text());
  EXPECT_EQ(said(ask(UnpinCommand{WorkerId("shop"), other})),
            "version " + other + " is no longer pinned")
      << "whether it is listed is not known";
  EXPECT_TRUE(journal.recall(WorkerId("shop"))->pins.empty());
}

TEST_F(LaneTest, RefusesAnEndThatIsInThePast) {
  config->mode = Mode::observe;
  has_versions(3);
  const Instant past = kNow - 1h;
  EXPECT_EQ(ask(PinCommand{WorkerId("shop"), "v1", "audit", std::nullopt}).exit, 0);
  EXPECT_EQ(ask(PinCommand{WorkerId("shop"), "v1", "audit", past}).exit, 64);
  EXPECT_EQ(ask(SuspendCommand{WorkerId("shop"), "freeze", past}).exit, 64);
  EXPECT_TRUE(std::get<Explanation>(ask(ExplainCommand{WorkerId("shop"), "v1"}).body).pin);
}

TEST_F(LaneTest, ExplainsAVersionThatIsGoneByItsRulesPlanAndConfiguration) {
  has_versions(2);
  run(1);
  ASSERT_EQ(count("remove"), 1);
  const Answer answer = ask(ExplainCommand{WorkerId("shop"), "v1"});
  const auto& explanation = std::get<Explanation>(answer.body);
  EXPECT_FALSE(explanation.version);
  ASSERT_FALSE(explanation.ledger.empty());
  const LedgerEntry& deleted = explanation.ledger.front();
  EXPECT_EQ(deleted.event, "prune.deleted");
  EXPECT_EQ(deleted.plan, story.all<PrunePlanned>().back().plan_id);
  EXPECT_EQ(deleted.generation, config->generation);
  EXPECT_TRUE(deleted.detail.contains(", by plan " + deleted.plan + ": ")) << deleted.detail;
  EXPECT_TRUE(deleted.detail.contains("last 1 (1 newer is in its group)")) << deleted.detail;
  EXPECT_EQ(explanation.generation, config->generation);
}

TEST_F(LaneTest, DoesNothingForASuspendedWorker) {
  has_versions(3);
  disk.shows.builds = {a_build(500)};
  EXPECT_EQ(ask(SuspendCommand{WorkerId("shop"), "freeze", std::nullopt}).exit, 0);
  run(3);
  EXPECT_EQ(count("create") + count("remove"), 0);
  EXPECT_EQ(ask(ResumeCommand{WorkerId("shop")}).exit, 0);
  run(2);
  EXPECT_EQ(count("create"), 1);
}

TEST_F(LaneTest, ReconcilesOnRequestAndReturnsHowItWent) {
  EXPECT_EQ(ask(ReconcileCommand{WorkerId("shop")}).exit, 0);
  cloud.next("list", {Fault::When::before, FailureKind::unauthorized});
  EXPECT_EQ(ask(ReconcileCommand{WorkerId("shop")}).exit, 77);
  EXPECT_EQ(ask(ReconcileCommand{WorkerId("other")}).exit, 64);
}

TEST_F(LaneTest, PlansWithoutChangingAnything) {
  config->mode = Mode::observe;
  has_versions(3);
  const Answer answer = ask(PlanCommand{WorkerId("shop")});
  const auto& report = std::get<PlanReport>(answer.body);
  EXPECT_EQ(report.plan.ready.size(), 2U);
  EXPECT_EQ(report.versions.size(), 3U);
}

}  // namespace
}  // namespace rollout
