// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/status/listen_address.h"
#include "daemon/adapters/status/status_board.h"
#include "daemon/adapters/status/status_text.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

/// Stands still until it is moved.
class SteppedClock final : public Clock {
 public:
  Instant now() override { return *parse_rfc3339("2026-03-10T12:00:00Z") + passed; }
  Tick tick() override { return Tick(1000s) + passed; }
  Millis passed{0};
};

Event event_of(EventBody body, std::string worker = "shop") {
  return {.account = AccountName("main"),
          .worker = WorkerId(std::move(worker)),
          .run = {},
          .generation = 1,
          .dry_run = false,
          .body = std::move(body)};
}

PassFinished a_pass(PassFinished::Result result, std::string condition = "Ready") {
  PassFinished pass;
  pass.result = result;
  pass.took = 420ms;
  pass.versions = 60;
  pass.active = 1;
  pass.kept = 22;
  pass.prunable = 6;
  pass.foreign = 12;
  pass.serving = {{*VersionId::parse("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"), 100}};
  pass.active_tag = "1.9.0\"";
  pass.kept_by = {{"rule", 20}, {"pinned", 2}};
  pass.condition = std::move(condition);
  pass.summary = "v42 serves everything";
  pass.next_look = 5min;
  return pass;
}

Config a_config(std::vector<std::string> workers) {
  Config config;
  config.generation = 3;
  config.digest = "d1";
  config.accounts.emplace_back().name = AccountName("main");
  for (std::string& name : workers) {
    WorkerConfig& worker = config.workers.emplace_back();
    worker.id = WorkerId(std::move(name));
    worker.account = AccountName("main");
  }
  return config;
}

class Board : public testing::Test {
 protected:
  Board() { board_.configure(a_config({"shop"})); }
  const WorkerStatus& shop() {
    kept_ = board_.read();
    return kept_->workers.at({AccountName("main"), WorkerId("shop")});
  }
  std::string failing() {
    std::string names;
    for (const Check& check : readiness(*board_.read(), clock_.tick())) {
      if (!check.good) names += check.name + ";";
    }
    return names;
  }
  SteppedClock clock_;
  StatusBoard board_{"0.1.0", "abc123", clock_};
  std::shared_ptr<const Status> kept_;
};

TEST_F(Board, KnowsTheConfiguredWorkersBeforeAnyPass) {
  EXPECT_FALSE(shop().pass);
  EXPECT_EQ(board_.read()->generation, 3U);
  EXPECT_EQ(status_to_json(*board_.read())["workers"][0]["condition"], "Starting");
}

TEST_F(Board, CountsPassesBuildsAndVersions) {
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  board_.emit(event_of(a_pass(PassFinished::Result::changed)));
  board_.emit(event_of(a_pass(PassFinished::Result::error)));
  board_.emit(event_of(BuildRejected{"/srv", "TwoMains", "a.js and b.js"}));
  EXPECT_EQ(shop().counts.noop, 1U);
  EXPECT_EQ(shop().counts.changed, 1U);
  EXPECT_EQ(shop().counts.error, 1U);
  EXPECT_EQ(shop().counts.rejected, 1U);
  EXPECT_EQ(shop().pass->kept, 22U);
}

TEST_F(Board, KeepsWhatItKnewWhereAPassCouldNotRead) {
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  PassFinished blind;
  blind.result = PassFinished::Result::error;
  blind.condition = "Stalled";
  blind.answered = false;
  board_.emit(event_of(blind));
  EXPECT_EQ(shop().pass->condition, "Stalled");
  EXPECT_EQ(shop().pass->versions, 60U);
  EXPECT_EQ(shop().pass->serving.size(), 1U);
}

// The line of a Worker says what is wrong now, and so does the headline.
TEST_F(Board, ShowsNoOlderProblemWhileItIsThrottled) {
  board_.emit(event_of(BuildRejected{"/srv", "TwoMains", "a.js and b.js"}));
  const Failure down{FailureKind::transient, "list", "503"};
  board_.emit({AccountName("main"), WorkerId(), RunId(), 3, false, ApiUnavailable{down, 1, 1s}});
  clock_.passed += 5min;
  PassFinished blind;
  blind.result = PassFinished::Result::error;
  blind.answered = false;
  blind.summary = "cannot list: 429";
  board_.emit(event_of(blind));
  board_.emit({AccountName("main"), WorkerId(), RunId(), 3, false, ApiThrottled{10min, "429"}});
  ASSERT_TRUE(shop().problem);
  EXPECT_EQ(shop().problem->message, "cannot list: 429");
  const std::string line = headline(*board_.read());
  EXPECT_NE(line.find("; main throttled until "), std::string::npos) << line;
  EXPECT_EQ(line.find("unreachable"), std::string::npos) << line;
  clock_.passed += 5min;
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  EXPECT_FALSE(shop().problem);
  EXPECT_EQ(headline(*board_.read()).find("throttled"), std::string::npos);
}

TEST_F(Board, KeepsAProblemUntilAPassIsGoodAgain) {
  clock_.passed += 1min;
  board_.emit(event_of(SourceUnreadable{"/srv", "gone"}));
  clock_.passed += 100ms;
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  ASSERT_TRUE(shop().problem) << "it was said during this very pass";
  EXPECT_EQ(shop().problem->event, "source.unreadable");
  clock_.passed += 5min;
  board_.emit(event_of(a_pass(PassFinished::Result::error)));
  EXPECT_TRUE(shop().problem);
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  EXPECT_FALSE(shop().problem);
}

TEST_F(Board, SaysSinceWhenAPlanAwaitsAnApproval) {
  PassFinished pass = a_pass(PassFinished::Result::noop);
  pass.awaits = "p-1";
  board_.emit(event_of(pass));
  const Instant since = *shop().passed_at;
  clock_.passed += 90s;
  pass.awaits = "p-2";
  board_.emit(event_of(pass));
  EXPECT_EQ(shop().awaited_since, since) << "a person has been waited for all the time";
  EXPECT_TRUE(headline(*board_.read()).contains("; plan p-2 of shop awaits approval"));
  EXPECT_EQ(status_to_json(*board_.read())["workers"][0]["awaits_approval"]["plan"], "p-2");
  EXPECT_TRUE(metrics_text(*board_.read(), {})
                  .contains("rolloutd_approval_pending_seconds{account=\"main\",worker=\"shop\"} "
                            "90\n"));
  board_.emit(event_of(a_pass(PassFinished::Result::error)));
  EXPECT_FALSE(shop().awaited_since);
  EXPECT_FALSE(headline(*board_.read()).contains("approval"));
}

TEST_F(Board, ForgetsWorkersThatAreNoLongerConfigured) {
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  board_.configure(a_config({"shop", "blog"}));
  EXPECT_EQ(shop().counts.noop, 1U);
  board_.configure(a_config({"blog"}));
  EXPECT_EQ(board_.read()->workers.size(), 1U);
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  EXPECT_EQ(board_.read()->workers.size(), 1U) << "a late pass brings no Worker back";
}

TEST_F(Board, LeavesAPublishedStatusAsItIs) {
  const auto before = board_.read();
  board_.emit(event_of(WatchOverflow{}));
  EXPECT_EQ(before->watch_overflows, 0U);
  EXPECT_EQ(board_.read()->watch_overflows, 1U);
}

TEST_F(Board, SaysSinceWhenAndWhyBuildDirectoriesAreOnlyPolled) {
  board_.emit(event_of(WatchDegraded{1, "blog: no inotify"}, ""));
  clock_.passed += 1min;
  board_.emit(event_of(WatchDegraded{2, "shop: no watch is left"}, ""));
  const auto status = board_.read();
  const Json problem = status_to_json(*status)["watch_problem"];
  EXPECT_EQ(problem["event"], "watch.degraded");
  EXPECT_EQ(problem["since"], "2026-03-10T12:00:00Z");
  EXPECT_TRUE(problem["message"].get<std::string>().ends_with("shop: no watch is left"));
  EXPECT_TRUE(headline(*status).ends_with("; builds of 2 workers polled, not watched"));
  EXPECT_TRUE(metrics_text(*status, {}).contains("\nrolloutd_watch_polled_workers 2\n"));
  EXPECT_EQ(failing(), "api main;") << "a rescan finds every build, so it can do its work";
  board_.emit(event_of(WatchRecovered{}, ""));
  EXPECT_FALSE(status_to_json(*board_.read()).contains("watch_problem"));
  EXPECT_TRUE(metrics_text(*board_.read(), {}).contains("\nrolloutd_watch_polled_workers 0\n"));
  EXPECT_FALSE(headline(*board_.read()).contains("polled"));
}

TEST_F(Board, IsReadyOnceEveryAccountWasReached) {
  EXPECT_EQ(failing(), "api main;");
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  EXPECT_EQ(failing(), "");
  clock_.passed += 15min;
  EXPECT_EQ(failing(), "");
  clock_.passed += 1ms;
  EXPECT_EQ(failing(), "api main;") << "three intervals of 5 minutes are over";
}

TEST_F(Board, IsNotReadyWithARefusedTokenAFullDiskOrABrokenConfiguration) {
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  board_.emit(event_of(AuthFailed{Failure{}, 5min}));
  EXPECT_EQ(failing(), "token main;");
  board_.emit(event_of(JournalDegraded{"full"}));
  EXPECT_EQ(failing(), "state main;token main;");
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  EXPECT_EQ(failing(), "");
  board_.emit(event_of(ConfigReloadFailed{{{"UnknownKey", "no", "r.yaml", 1, 2, {}}}}));
  EXPECT_EQ(failing(), "config;");
  board_.configure(a_config({"shop"}));
  EXPECT_EQ(failing(), "");
}

TEST_F(Board, TakesNoReadForAProofThatTheTokenMayWrite) {
  const auto refused = event_of(AuthFailed{Failure{}, 5min, true});
  board_.emit(refused);
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  EXPECT_EQ(failing(), "token main;");
  board_.emit(event_of(ApiRecovered{5min}));
  EXPECT_EQ(failing(), "");
  board_.emit(refused);
  board_.configure(a_config({"shop"}));
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  EXPECT_EQ(failing(), "") << "the token may be another after a reload";
}

TEST_F(Board, CountsNoSuccessWhereOnlyCloudflareWasRead) {
  PassFinished pass = a_pass(PassFinished::Result::error);
  board_.emit(event_of(pass));
  EXPECT_FALSE(shop().succeeded_at);
  EXPECT_EQ(failing(), "") << "but the API was reached";
  pass.answered = false;
  clock_.passed += 16min;
  board_.emit(event_of(pass));
  EXPECT_EQ(failing(), "api main;");
}

TEST_F(Board, SaysInOneLineHowThingsAre) {
  board_.emit(event_of(a_pass(PassFinished::Result::error, "Stalled")));
  EXPECT_EQ(headline(*board_.read()), "1 worker, 1 stalled (shop); observe mode; config gen 3");
  board_.emit(event_of(ApiUnavailable{Failure{}, 4, 40s}));
  EXPECT_TRUE(headline(*board_.read())
                  .ends_with("main: Cloudflare unreachable since 2026-03-10T12:00:00Z"));
  board_.emit(event_of(ConfigReloadFailed{{{"UnknownKey", "no such key", "r.yaml", 1, 2, {}}}}));
  EXPECT_TRUE(headline(*board_.read()).ends_with("r.yaml:1:2: no such key"));
  board_.configure(a_config({}));
  EXPECT_EQ(headline(*board_.read()), "no workers configured");
}

TEST_F(Board, GivesItsFactsAsJson) {
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  const Json json = status_to_json(*board_.read());
  EXPECT_EQ(json["apiVersion"], "rolloutctl/v1");
  const Json& worker = json["workers"][0];
  EXPECT_EQ(worker["worker"], "shop");
  EXPECT_EQ(worker["account"], "main");
  EXPECT_EQ(worker["condition"], "Ready");
  EXPECT_EQ(worker["pass"]["kept_by"]["rule"], 20);
  EXPECT_EQ(worker["pass"]["serving"][0]["percent"], 100.0);
  EXPECT_EQ(worker["next_look"], "2026-03-10T12:05:00Z");
  EXPECT_FALSE(worker.contains("problem"));
  clock_.passed += 1min;
  EXPECT_EQ(json, status_to_json(*board_.read())) << "it changes only when something happens";
}

TEST_F(Board, GivesItsNumbersAsPrometheusText) {
  board_.emit(event_of(a_pass(PassFinished::Result::noop)));
  board_.emit(event_of(PruneRefused{"MaxPercent", "too many", std::nullopt}));
  ApiUsage usage;
  usage.account = AccountName("main");
  usage.requests[{"list", "2xx"}] = 7;
  usage.budget_remaining = 1188;
  usage.durations["list"].add(200ms);
  const VersionId id = *VersionId::parse("00000001-1111-4222-8333-444455556666");
  board_.emit(event_of(
      VersionCreated{{id, 1, std::nullopt, {}, "api", {}, {}}, {Sha256(Sha256::Raw{})}, 1s, 2s}));
  board_.emit(event_of(AuthChecked{*parse_rfc3339("2026-03-20T12:00:00Z")}));
  const std::string text = metrics_text(*board_.read(), {usage});
  for (const char* line :
       {"rolloutd_config_last_reload_successful 1\n", "# TYPE rolloutd_reconcile_total counter\n",
        "rolloutd_reconcile_total{account=\"main\",worker=\"shop\",result=\"noop\"} 1\n",
        "rolloutd_worker_condition{account=\"main\",worker=\"shop\",type=\"Ready\",status=\"true\"}"
        " "
        "1\n",
        "rolloutd_worker_info{account=\"main\",worker=\"shop\",active_tag=\"1.9.0\\\"\"} 1\n",
        "rolloutd_versions{account=\"main\",worker=\"shop\",state=\"kept\"} 22\n",
        "rolloutd_prune_kept{account=\"main\",worker=\"shop\",reason=\"pinned\"} 2\n",
        "rolloutd_prune_refused_total{guard=\"MaxPercent\"} 1\n",
        "rolloutd_reconcile_duration_seconds_bucket{le=\"0.3\"} 0\n",
        "rolloutd_reconcile_duration_seconds_bucket{le=\"1\"} 1\n",
        "rolloutd_reconcile_duration_seconds_bucket{le=\"+Inf\"} 1\n",
        "rolloutd_reconcile_duration_seconds_sum 0.42\n",
        "rolloutd_build_info{version=\"0.1.0\",revision=\"abc123\",compiler=",
        "rolloutd_build_to_version_seconds_bucket{le=\"3\"} 1\n",
        "rolloutd_api_request_duration_seconds_bucket{op=\"list\",le=\"0.3\"} 1\n",
        "rolloutd_api_request_duration_seconds_count{op=\"list\"} 1\n",
        "rolloutd_api_requests_total{account=\"main\",op=\"list\",class=\"2xx\"} 7\n",
        "rolloutd_token_expiry_timestamp_seconds{account=\"main\"} 1774008000\n",
        "rolloutd_api_budget_remaining{account=\"main\"} 1188\n"}) {
    EXPECT_TRUE(text.contains(line)) << line << "not in\n" << text;
  }
  EXPECT_FALSE(text.contains("dry_run_blocked")) << "no family without a sample";
  board_.emit(event_of(AuthChecked{}));
  EXPECT_FALSE(metrics_text(*board_.read(), {usage}).contains("token_expiry")) << "it has no end";
}

TEST(ParseListen, TakesLoopbackAndPathsOnly) {
  EXPECT_EQ(parse_listen("127.0.0.1:9747")->port, 9747);
  EXPECT_EQ(parse_listen("localhost:1")->host, "127.0.0.1");
  EXPECT_EQ(parse_listen("[::1]:80")->host, "::1");
  EXPECT_TRUE(parse_listen("/run/rolloutd/status.sock")->is_unix);
  for (const char* text : {"0.0.0.0:80", "192.168.1.1:80", "[::]:80", "example.com:80", ":80", "",
                           "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000",
                           "127.0.0.1:-1", "run/s", "127.0.0.1.example.com:80"}) {
    const auto parsed = parse_listen(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, FailureKind::invalid);
  }
}

TEST(IsOwnHost, KnowsLoopbackWithAnyPort) {
  for (const char* host : {"127.0.0.1", "127.0.0.1:9747", "localhost", "localhost:1", "[::1]:80"}) {
    EXPECT_TRUE(is_own_host(host)) << host;
  }
  for (const char* host : {"", "example.com", "127.0.0.1.example.com", "localhost.example.com:80",
                           "localhost:", "localhost:x", "[::1]x", "127.0.0.1:80:80"}) {
    EXPECT_FALSE(is_own_host(host)) << host;
  }
}

}  // namespace
}  // namespace rollout
