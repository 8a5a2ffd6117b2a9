// SPDX-License-Identifier: Apache-2.0
// The assembled daemon inside the test, asked over its socket as an operator does.
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/core/model/exit_codes.h"
#include "tests/app/running_daemon.h"
#include "tests/app/support.h"

namespace rollout {
namespace {

class Daemon : public Shop {
 protected:
  explicit Daemon(const std::string& mode = "enforce") : Shop(mode) {}

  void start() {
    const StartOutcome outcome = daemon_.start(config_path());
    ASSERT_EQ(outcome.exit, kExitOk) << outcome.sentence;
  }

  void reconcile() {
    const Ran ran = ctl({"reconcile", "--wait"});
    EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  }

  /// The status, as soon as `done` says so of it; what it is after 30 s where it never does.
  Json status_once(const std::function<bool(const Json&)>& done) {
    SystemClock clock;
    const Tick late = clock.tick() + std::chrono::seconds(30);
    Json status = ctl_json({"status"});
    while (!done(status) && clock.tick() < late) status = ctl_json({"status"});
    return status;
  }

  RunningDaemon daemon_;
};

TEST_F(Daemon, AMarkedBuildBecomesOneVersion) {
  start();
  ASSERT_EQ(ctl({"mark", folder_.path("dist")}).exit, kExitOk);
  reconcile();
  reconcile();
  EXPECT_EQ(server_.count_requests("POST"), 1U);
  const Json status = ctl_json({"status"});
  EXPECT_EQ(status["workers"][0]["worker"], "shop");
  EXPECT_EQ(status["workers"][0]["pass"]["versions"], 1);
  const Ran table = ctl({"status"});
  EXPECT_TRUE(table.out.contains("shop")) << table.out;
  EXPECT_TRUE(table.err.contains("config gen 1")) << table.err;
}

TEST_F(Daemon, APlanIsAskedForAndNothingIsWritten) {
  server_.seed(kThreeVersions);
  start();
  ASSERT_EQ(ctl({"suspend", "shop", "--reason", "look first"}).exit, kExitOk);
  const Ran ran = ctl({"plan"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_TRUE(ran.out.contains("serving v2 \"v1.1\" 100 %")) << ran.out;
  EXPECT_TRUE(ran.out.contains("Suspended")) << ran.out;
  EXPECT_EQ(ctl({"plan", "nobody"}).exit, kExitUsage);
  EXPECT_EQ(server_.count_requests("DELETE"), 0U);
}

TEST_F(Daemon, APinnedVersionIsExplained) {
  server_.seed(kThreeVersions);
  start();
  ASSERT_EQ(ctl({"suspend", "shop", "--reason", "look first"}).exit, kExitOk);
  const Ran pin = ctl({"pin", "v1", "--reason", "audit", "--until", "30d"});
  EXPECT_EQ(pin.exit, kExitOk) << pin.err;
  const Json json = ctl_json({"explain", "v1"});
  EXPECT_EQ(json["pin"]["reason"], "audit");
  EXPECT_NE(json["pin"]["actor"], "");
  const Ran text = ctl({"explain", "version", "v1"});
  EXPECT_TRUE(text.out.contains("v1 \"v1.0\" of shop is kept")) << text.out;
  EXPECT_TRUE(text.out.contains("because  pinned")) << text.out;
  EXPECT_EQ(ctl({"unpin", "v1"}).exit, kExitOk);
  EXPECT_FALSE(ctl({"explain", "v1"}).out.contains("because  pinned"));
  EXPECT_EQ(ctl({"resume", "shop"}).exit, kExitOk);
  EXPECT_EQ(ctl({"explain", "v77"}).exit, kExitFailed);
}

TEST_F(Daemon, APlanThatWaitsForAPersonIsShownAskedAboutAndApplied) {
  folder_.write("policies/small.yaml",
                "retention: small\nkeep: { last: 1 }\nprotect: { min_age: 0s, rollback: 1 }\n"
                "limits: { max_deletes: 5, max_percent: 100%, approve_over: 1, grace: 0s }\n"
                "scope: all\n");
  server_.seed(kFiveVersions);
  start();
  reconcile();
  const Ran plan = ctl({"plan", "--detailed-exitcode"});
  EXPECT_EQ(plan.exit, kExitWaitingForPerson) << plan.out;
  const std::string id = ctl_json({"plan"})["plans"][0]["id"];
  EXPECT_TRUE(plan.out.contains("3 deletes exceed approve_over 1; `rolloutctl apply " + id + "`"))
      << plan.out;
  const Json status = ctl_json({"status"});
  EXPECT_EQ(status["workers"][0]["awaits_approval"]["plan"], id);
  EXPECT_TRUE(status["headline"].get<std::string>().contains("; plan " + id + " of shop awaits"));

  EXPECT_EQ(ctl({"apply", id, "--dry-run"}).exit, kExitOk);
  EXPECT_EQ(ctl({"apply", id}).exit, kExitUsage) << "nobody is there to ask";
  EXPECT_EQ(ctl({"apply", "p-00000000", "--yes"}).exit, kExitFailed);
  EXPECT_EQ(server_.count_requests("DELETE"), 0U);
  const Ran apply = ctl({"apply", id, "--yes"});
  EXPECT_EQ(apply.exit, kExitOk) << apply.err;
  EXPECT_TRUE(apply.err.contains("would delete 3")) << "what is agreed to is shown: " << apply.err;
  EXPECT_TRUE(apply.out.contains("3 deleted")) << apply.out;
  EXPECT_EQ(server_.count_requests("DELETE"), 3U);
  EXPECT_TRUE(ctl({"explain", "v1"}).out.contains("prune.deleted"));
  EXPECT_EQ(ctl({"plan", "--detailed-exitcode"}).exit, kExitOk);
}

TEST_F(Daemon, AReloadSaysWhatItChanges) {
  start();
  write_config("observe", "    interval: 10min\n");
  const Ran ran = ctl({"reload"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_TRUE(ran.out.contains("generation 2 is in force")) << ran.out;
  EXPECT_TRUE(ran.out.contains("mode enforce -> observe")) << ran.out;
}

// Promise 17
TEST_F(Daemon, ABrokenReloadChangesNothingAndSaysWhy) {
  start();
  write_config("enforce", "    retentoin: small\n");
  const Ran ran = ctl({"reload"});
  EXPECT_EQ(ran.exit, kExitConfig);
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(ran.err.contains("rolloutd.yaml:18:5: ")) << ran.err;
  const Json json = ctl_json({"reload"});
  EXPECT_EQ(json["apiVersion"], "rolloutctl/v1");
  EXPECT_EQ(json["generation"], 1);
  EXPECT_EQ(json["errors"][0]["line"], 18);
  EXPECT_TRUE(ran.err.contains("reload refused; generation 1")) << ran.err;
  EXPECT_TRUE(ctl({"plan"}).out.contains("ConfigurationBroken"));
  write_config("enforce");
  EXPECT_EQ(ctl({"reload"}).exit, kExitOk);
  EXPECT_FALSE(ctl({"plan"}).out.contains("ConfigurationBroken"));
}

TEST_F(Daemon, AReloadThatNeedsARestartSaysSo) {
  start();
  write_config("enforce", "\ndefaults: { interval: 1min }\n");
  ASSERT_EQ(ctl({"reload"}).exit, kExitOk);
  folder_.write("conf.d/more.yaml", "accounts:\n  second:\n    account_id: " + server_.account() +
                                        "\n    token: { file: " + folder_.path("token") + " }\n");
  const Ran ran = ctl({"reload"});
  EXPECT_EQ(ran.exit, kExitFailed);
  EXPECT_TRUE(ran.err.contains("account second is new")) << ran.err;
  EXPECT_TRUE(ran.err.contains("restart")) << ran.err;
}

TEST_F(Daemon, ARefusedTokenDoesNotEndItAndANewOneIsReadOnReload) {
  folder_.write("token", "wrong-token\n");
  start();
  EXPECT_EQ(ctl({"reconcile", "--wait"}).exit, kExitUnauthorized);
  const Ran nudge = ctl({"reconcile"});
  EXPECT_TRUE(nudge.out.starts_with("account main is waiting until ")) << nudge.out;
  folder_.write("token", server_.token());
  const Ran reload = ctl({"reload"});
  ASSERT_EQ(reload.exit, kExitOk);
  EXPECT_TRUE(reload.out.contains("account main: its token")) << reload.out;
  reconcile();
  EXPECT_TRUE(ctl({"reload"}).out.contains("nothing changed")) << "it is the same again";
}

TEST_F(Daemon, AReloadedTimeoutIsTaken) {
  start();
  reconcile();
  write_config("enforce", "    timeout: 1s\n");
  ASSERT_EQ(ctl({"reload"}).exit, kExitOk);
  reconcile();
  server_.add_faults(R"([{"method":"GET","path":"*/versions","delay":"20s"}])");
  const Ran late = ctl({"reconcile", "--wait"});
  EXPECT_EQ(late.exit, kExitUnreachable) << late.out << late.err;
}

TEST_F(Daemon, ATokenThatCannotBeReadRefusesTheReload) {
  start();
  std::filesystem::remove(folder_.path("token"));
  const Ran ran = ctl({"reload"});
  EXPECT_EQ(ran.exit, kExitConfig);
  EXPECT_TRUE(ran.err.contains("account main: `token: { file: " + folder_.path("token") + " }`: "))
      << ran.err;
}

TEST_F(Daemon, ASecondOneOnTheSameStateIsRefused) {
  start();
  const StartOutcome second = RunningDaemon().start(config_path());
  EXPECT_EQ(second.exit, kExitStateInUse);
  EXPECT_NE(second.sentence, "");
}

TEST_F(Daemon, AnUnknownWorkerIsNamedWithTheKnownOnes) {
  start();
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"status", "shpo"}, {"plan", "shpo"}, {"resume", "shpo"}}) {
    const Ran ran = ctl(words);
    EXPECT_EQ(ran.exit, kExitUsage);
    EXPECT_TRUE(
        ran.err.contains("no Worker `shpo` is configured; did you mean \"shop\"? There "
                         "are: shop"))
        << ran.err;
  }
}

TEST_F(Daemon, ResumeSaysWhereNothingWasSuspended) {
  start();
  reconcile();
  EXPECT_EQ(ctl({"resume", "shop"}).out, "shop was not suspended; nothing was changed\n");
  ASSERT_EQ(ctl({"suspend", "shop", "--reason", "r"}).exit, kExitOk);
  EXPECT_EQ(ctl({"resume", "shop"}).out, "shop is resumed\n");
}

TEST_F(Daemon, APlanThatFailsSaysNothingOfMissingWorkers) {
  folder_.write("token", "wrong-token\n");
  start();
  const Ran ran = ctl({"plan"});
  EXPECT_EQ(ran.exit, kExitUnauthorized);
  EXPECT_EQ(ran.out, "");
}

TEST_F(Daemon, StatusFailsOnACondition) {
  start();
  ASSERT_EQ(ctl({"suspend", "shop", "--reason", "r"}).exit, kExitOk);
  reconcile();
  EXPECT_EQ(ctl({"status", "--fail-on", "Stalled"}).exit, kExitOk);
  EXPECT_EQ(ctl({"status", "--fail-on", "Suspended", "--fail-on", "Stalled"}).exit, kExitFailed);
  EXPECT_EQ(ctl({"status", "--fail-on", "Tired"}).exit, kExitUsage);
}

TEST_F(Daemon, ABusyStatusPortIsNamedWithItsKey) {
  const std::string url = server_.base_url();
  const std::string port = url.substr(0, url.find('/', 7)).substr(url.find(':', 7) + 1);
  std::string config;
  std::getline(std::ifstream(config_path()), config, '\0');
  config.replace(config.find("127.0.0.1:0"), 11, "127.0.0.1:" + port);
  folder_.write("rolloutd.yaml", config);
  const StartOutcome outcome = daemon_.start(config_path());
  EXPECT_EQ(outcome.exit, kExitFailed);
  EXPECT_TRUE(outcome.sentence.contains("`service.listen` 127.0.0.1:" + port)) << outcome.sentence;
}

TEST_F(Daemon, ASocketWithoutItsDirectorySaysWhatToDo) {
  std::string config;
  std::getline(std::ifstream(config_path()), config, '\0');
  const std::string socket = folder_.path("control.sock"), other = folder_.path("run/control.sock");
  config.replace(config.find(socket), socket.size(), other);
  folder_.write("rolloutd.yaml", config);
  const StartOutcome outcome = daemon_.start(config_path());
  EXPECT_EQ(outcome.exit, kExitFailed);
  EXPECT_EQ(outcome.sentence, "listen on `service.socket` " + other +
                                  ": No such file or directory; create its directory, or let "
                                  "systemd do it (RuntimeDirectory=)");
}

TEST_F(Daemon, AMissingStateDirectorySaysWhatToDo) {
  std::filesystem::remove_all(folder_.path("state"));
  const StartOutcome outcome = daemon_.start(config_path());
  EXPECT_EQ(outcome.exit, kExitFailed);
  EXPECT_TRUE(outcome.sentence.contains(folder_.path("state"))) << outcome.sentence;
  EXPECT_TRUE(outcome.sentence.contains("create it")) << outcome.sentence;
  EXPECT_TRUE(outcome.sentence.contains("`service.state_dir`")) << outcome.sentence;
}

TEST_F(Daemon, ABuildDirectoryThatCannotBeWatchedIsToldOfUntilItCan) {
  std::string config;
  std::getline(std::ifstream(config_path()), config, '\0');
  const std::string dist = folder_.path("dist");
  config.replace(config.find(dist), dist.size(), folder_.path(std::string(300, 'd')));
  folder_.write("rolloutd.yaml", config);
  start();
  const Json status = status_once([](const Json& s) { return s.contains("watch_problem"); });
  ASSERT_TRUE(status.contains("watch_problem")) << status.dump();
  const std::string message = status["watch_problem"]["message"];
  EXPECT_TRUE(message.contains("cannot be watched: File name too long")) << message;
  const Ran table = ctl({"status"});
  EXPECT_TRUE(table.err.contains("; builds of 1 worker polled, not watched")) << table.err;
  EXPECT_TRUE(table.err.contains(message)) << table.err;

  write_config("enforce");
  ASSERT_EQ(ctl({"reload"}).exit, kExitOk);
  const Json after = status_once([](const Json& s) { return !s.contains("watch_problem"); });
  EXPECT_FALSE(after.contains("watch_problem")) << after.dump();
}

// Promise 21: an account that is renamed leaves its pins in a journal that nobody opens.
TEST_F(Daemon, AnAccountUnderAnotherNameIsHeldUntilItsJournalFollows) {
  server_.seed(kThreeVersions);
  start();
  reconcile();
  ASSERT_EQ(ctl({"pin", "v1", "--reason", "audit"}).exit, kExitOk);
  daemon_.stop();
  const auto rename_account = [this](const std::string& from, const std::string& to) {
    std::string config;
    std::getline(std::ifstream(config_path()), config, '\0');
    config.replace(config.find("  " + from + ":"), from.size() + 2, "  " + to);
    config.replace(config.find("account: " + from), from.size() + 9, "account: " + to);
    folder_.write("rolloutd.yaml", config);
  };
  rename_account("main", "first");
  start();
  const std::string held = ctl({"plan"}).out;
  EXPECT_TRUE(held.contains("JournalLost")) << held;
  EXPECT_TRUE(held.contains("account first has no journal, and no account is configured for " +
                            folder_.path("state/main.journal")))
      << held;
  daemon_.stop();
  for (const char* suffix : {"", ".expected", ".reserve"})
    std::filesystem::rename(folder_.path("state/main.journal") + suffix,
                            folder_.path("state/first.journal") + suffix);
  start();
  const std::string free = ctl({"plan"}).out;
  EXPECT_FALSE(free.contains("JournalLost") || free.contains("PruneHeld")) << free;
  EXPECT_EQ(ctl_json({"explain", "v1"})["pin"]["reason"], "audit");
}

// Promise 21: a Worker that is configured by its id leaves its pins with its name.
TEST_F(Daemon, AWorkerUnderAnotherNameIsHeldFromTheReloadOn) {
  server_.seed(kThreeVersions);
  start();
  ASSERT_EQ(ctl({"pin", "v1", "--reason", "audit"}).exit, kExitOk);
  const std::string id = (*(*server_.cloud()->worker("shop")))["id"];
  std::string config;
  std::getline(std::ifstream(config_path()), config, '\0');
  config.replace(config.find("name: shop"), 10, "name: " + id);
  folder_.write("rolloutd.yaml", config);
  ASSERT_EQ(ctl({"reload"}).exit, kExitOk);
  reconcile();
  const std::string plan = ctl({"plan"}).out;
  EXPECT_TRUE(plan.contains("PruneHeld")) << plan;
  EXPECT_TRUE(plan.contains("the journal knows shop, which is no longer configured")) << plan;
  EXPECT_TRUE(plan.contains("`rolloutctl resume " + id + "`")) << plan;
  EXPECT_EQ(ctl({"resume", id}).exit, kExitOk);
  EXPECT_FALSE(ctl({"plan"}).out.contains("PruneHeld"));
}

// The watchdog asks this. A lane without Workers promises to be heard of within the hour.
TEST_F(Daemon, IsNotAliveOnceOneOfItsLanesIsStuckPastWhatItPromised) {
  std::string config;
  std::getline(std::ifstream(config_path()), config, '\0');
  config.insert(config.find("workers:"),
                "  idle:\n    account_id: ffffffffffffffffffffffffffffffff\n    token: { file: " +
                    folder_.path("token") + " }\n");
  folder_.write("rolloutd.yaml", config);
  start();
  reconcile();
  EXPECT_TRUE(daemon_.alive());
  EXPECT_TRUE(daemon_.alive_after(std::chrono::minutes(1)));
  EXPECT_FALSE(daemon_.alive_after(std::chrono::minutes(20))) << "shop is due every 5 minutes";
}

TEST_F(Daemon, StopsAtOnceWhereNothingIsInFlight) {
  start();
  reconcile();
  SystemClock clock;
  const Tick before = clock.tick();
  daemon_.stop();
  EXPECT_LT(clock.tick() - before, Millis(1000));
}

class Observing : public Daemon {
 protected:
  Observing() : Daemon("observe") {}
};

TEST_F(Observing, NoWriteLeavesTheProcessUntilAReloadEnforces) {
  start();
  ASSERT_EQ(ctl({"mark", folder_.path("dist")}).exit, kExitOk);
  reconcile();
  EXPECT_EQ(server_.count_requests("POST"), 0U);
  write_config("enforce");
  ASSERT_EQ(ctl({"reload"}).exit, kExitOk);
  reconcile();
  EXPECT_EQ(server_.count_requests("POST"), 1U);
}

TEST_F(Observing, DetailedExitCountsWhatOnlyTheModeKeepsFromGoing) {
  server_.seed(kThreeVersions);
  folder_.write("policies/small.yaml",
                "retention: small\nkeep: { last: 1 }\nprotect: { min_age: 0s, rollback: 1 }\n"
                "limits: { max_deletes: 5, max_percent: 100%, grace: 0s }\nscope: all\n");
  start();
  reconcile();
  reconcile();
  const Json plan = ctl_json({"plan"})["plans"][0];
  ASSERT_EQ(plan["ready"].size(), 1U) << plan.dump();
  ASSERT_EQ(plan["stops"].size(), 1U) << plan.dump();
  EXPECT_EQ(ctl({"plan", "--detailed-exitcode"}).exit, kExitChangesPending);
}

TEST_F(Observing, WithoutWorkersItIdles) {
  folder_.write("rolloutd.yaml",
                "version: 1\nmode: observe\nservice:\n  state_dir: " + folder_.path("state") +
                    "\n  socket: " + folder_.path("control.sock") + "\n  listen: 127.0.0.1:0\n");
  start();
  EXPECT_EQ(daemon_.headline(), "no workers configured");
  EXPECT_TRUE(daemon_.alive());
  EXPECT_EQ(ctl({"plan"}).out, "no workers configured\n");
  EXPECT_EQ(ctl({"explain", "v1"}).exit, kExitUsage);
  EXPECT_EQ(ctl({"reload"}).exit, kExitOk);
}

}  // namespace
}  // namespace rollout
