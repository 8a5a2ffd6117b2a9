// SPDX-License-Identifier: Apache-2.0
// The daemon ends, asked or not, while a create is in flight.
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/process/relay.h"
#include "tests/process/site.h"

namespace rollout {
namespace {

/// The create happens at once, and its answer comes later.
std::string slow_create(const char* delay) {
  return R"([{ "method": "POST", "path": "*/versions", "when": "after", "delay": ")" +
         std::string(delay) + R"(" }])";
}

class Crash : public testing::TestWithParam<Site::Transport> {};
INSTANTIATE_TEST_SUITE_P(Over, Crash, testing::ValuesIn(Site::kTransports),
                         [](const auto& of) { return Site::name_of(of.param); });

// Promise 1: killed between a create's effect and its answer.
TEST_P(Crash, AfterTheEffectOfACreateAndBeforeItsAnswerMakesNoSecondVersion) {
  const Site site(GetParam());
  site.configure();
  site.control("faults", slow_create("30s"));
  site.build("one");
  site.mark();
  const auto killed = site.start();
  site.wait_until([&site] { return !site.versions().empty(); });
  killed->signal(SIGKILL);
  EXPECT_EQ(killed->wait(), 128 + SIGKILL);
  EXPECT_TRUE(killed->told("version.created").empty());

  const auto daemon = site.start();
  daemon->await("version.adopted");
  EXPECT_EQ(site.ctl({"reconcile", "shop", "--wait"}).exit, 0);
  EXPECT_EQ(site.versions().size(), 1U);
  EXPECT_TRUE(daemon->told("version.created").empty());
  EXPECT_EQ(daemon->stop(), 0);
}

// Promise 4: an answer that is lost while the daemon lives.
TEST_P(Crash, OfTheConnectionAfterTheEffectIsSettledByLooking) {
  const Site site(GetParam());
  site.configure();
  site.control("faults",
               R"([{ "method": "POST", "path": "*/versions", "when": "after", "drop": true }])");
  site.build("one");
  site.mark();
  const auto daemon = site.start();
  daemon->await("version.adopted");
  EXPECT_EQ(site.requests("POST").size(), 1U);
  EXPECT_EQ(site.versions().size(), 1U);
  EXPECT_EQ(daemon->stop(), 0);
}

/// The daemon ends once it has the answer to its create, and the next one knows it.
void expect_recorded(const Site& site, DaemonProgram& stopped) {
  EXPECT_EQ(stopped.wait(), 0);
  EXPECT_LT(stopped.place_of("daemon.stopping"), stopped.place_of("version.created"));
  const auto daemon = site.start();
  EXPECT_EQ(site.ctl({"reconcile", "shop", "--wait"}).exit, 0);
  EXPECT_TRUE(daemon->told("version.adopted").empty()) << "the journal knew";
  EXPECT_EQ(site.versions().size(), 1U);
  EXPECT_EQ(site.requests("POST").size(), 1U);
  EXPECT_EQ(daemon->stop(), 0);
}

// Promise 26: the outcome of what was sent is recorded before the end.
TEST(Stop, WhileACreateIsInFlightWaitsForItsAnswerAndRecordsIt) {
  const Site site;
  site.configure();
  site.control("faults", slow_create("3s"));
  site.build("one");
  site.mark();
  const auto stopped = site.start();
  site.wait_until([&site] { return !site.versions().empty(); });
  stopped->signal(SIGTERM);
  const Json stopping = stopped->await("daemon.stopping");
  EXPECT_FALSE(stopping["in_flight"].get<std::string>().empty());
  expect_recorded(site, *stopped);
}

// Promise 26: the answer is waited for though the request is not out yet.
TEST(Stop, WhileTheBodyOfACreateIsBeingSentSendsTheRestAndRecordsTheAnswer) {
  const Site site;
  Relay relay(site.origin());
  site.configure({.origin = relay.origin()});
  site.build("one");
  // More than the buffers of two connections take.
  site.write("builds/shop/dist/terms.txt", std::string(std::size_t{16} << 20, 'x'));
  site.mark();
  const auto stopped = site.start();
  site.wait_until([&relay] { return relay.holds(); });
  stopped->signal(SIGTERM);
  EXPECT_FALSE(stopped->await("daemon.stopping")["in_flight"].get<std::string>().empty());
  EXPECT_TRUE(site.versions().empty());
  relay.let_go();
  expect_recorded(site, *stopped);
}

// Promise 26: nothing in flight, nothing to wait for.
TEST(Stop, OfAnIdleDaemonIsAskedForOnce) {
  const Site site;
  site.configure({.interval = "5min"});
  const auto daemon = site.start();
  EXPECT_EQ(site.ctl({"reconcile", "shop", "--wait"}).exit, 0);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(daemon->stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(30))
      << "a second on an idle machine";
  EXPECT_EQ(daemon->told("daemon.stopping").size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(site.path("control.sock")));
}

// A read that hangs is no reason to stay.
TEST(Stop, DoesNotWaitForARead) {
  const Site site;
  site.configure();
  site.control("faults", R"([{ "method": "GET", "path": "*", "delay": "25s" }])");
  const auto daemon = site.start();
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(daemon->stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
}

// Promise 26: nor is a call waited for that never returns.
TEST(Stop, DoesNotWaitForAFileServerThatNeverAnswersTheWatcher) {
  const Site site;
  site.configure();
  const auto daemon = site.start({"env", "LD_PRELOAD=" HANGING_WATCH});
  daemon->await("test.watch_hangs");
  EXPECT_EQ(daemon->stop(), 0);
  EXPECT_EQ(daemon->told("daemon.stopping").size(), 1U) << "and its story was told to the end";
}

}  // namespace
}  // namespace rollout
