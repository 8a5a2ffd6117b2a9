// SPDX-License-Identifier: Apache-2.0
// A new configuration for a running daemon, good and bad.
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/process/site.h"

namespace rollout {
namespace {

constexpr const char* kWrong = "    retentoin: two\n";

/// Three versions of ours.
std::string history() {
  Json versions = Json::array();
  for (int number = 1; number <= 3; ++number) {
    const std::string digest(64, static_cast<char>('a' + number));
    versions.push_back(
        {{"number", number},
         {"annotations",
          {{"workers/tag", "v0." + std::to_string(number)},
           {"workers/message", "rolloutd: build=sha256:" + digest + " policy=plain"}}}});
  }
  return Json{{"workers", {{{"name", "shop"}, {"versions", versions}}}}}.dump();
}

constexpr const char* kKeepOne =
    "keep: { last: 1 }\n"
    "protect: { min_age: 0s, rollback: 1 }\n"
    "limits: { max_deletes: 10, max_percent: 100%, grace: 0s }\n";

// Promise 17 (fault matrix 64).
TEST(Reload, OfABrokenConfigurationSaysWhereKeepsTheOldOneAndStopsDeleting) {
  const Site site;
  site.control("seed", history());
  site.retention("one", kKeepOne);
  site.configure({.mode = "observe", .retention = "one"});
  site.build("one");  // Not marked yet.
  const auto daemon = site.start();
  for (const char* version : {"v1", "v2"}) {
    EXPECT_EQ(site.ctl({"pin", version, "--worker", "shop", "--reason", "audit"}).exit, 0);
  }
  site.configure({.retention = "one"});
  EXPECT_EQ(site.ctl({"reload"}).exit, 0);

  site.configure({.retention = "one", .extra = kWrong});
  const Ended refused = site.ctl({"reload"});
  EXPECT_NE(refused.exit, 0);
  EXPECT_TRUE(refused.err.contains("rolloutd.yaml:19:5: ")) << refused.err;
  EXPECT_TRUE(refused.err.contains("retention")) << "did you mean: " << refused.err;
  EXPECT_TRUE(refused.err.contains("generation 2 stays")) << refused.err;
  daemon->await("config.reload_failed");

  for (const char* version : {"v1", "v2"}) {  // From now on they may go.
    EXPECT_EQ(site.ctl({"unpin", version, "--worker", "shop"}).exit, 0);
  }
  const Json stopped = daemon->await("prune.refused");
  EXPECT_EQ(stopped["reason"], "ConfigurationBroken");
  EXPECT_EQ(site.versions().size(), 3U);
  site.mark();
  daemon->await("version.created");  // The old generation is in force for all else.
  EXPECT_TRUE(site.requests("DELETE").empty());

  site.configure({.retention = "one"});
  const Ended mended = site.ctl({"reload"});
  EXPECT_EQ(mended.exit, 0) << mended.err;
  daemon->await("prune.deleted", 2);
  EXPECT_EQ(daemon->stop(), 0);
}

TEST(Reload, BySignalDoesTheSame) {
  const Site site;
  site.configure();
  const auto daemon = site.start();
  site.configure({.extra = kWrong});
  daemon->signal(SIGHUP);
  const Json failed = daemon->await("config.reload_failed");
  EXPECT_TRUE(failed["place"].get<std::string>().ends_with("rolloutd.yaml:18:5"))
      << failed["place"];
  site.configure({.mode = "observe"});
  daemon->signal(SIGHUP);
  const Json loaded = daemon->await("config.loaded");
  EXPECT_TRUE(loaded["message"].get<std::string>().contains("mode enforce -> observe"))
      << loaded["message"];
  EXPECT_EQ(daemon->stop(), 0);
}

// Journey J3: what was only shown is done.
TEST(Reload, FromObserveToEnforceNeedsNoRestart) {
  const Site site;
  site.configure({.mode = "observe"});
  const auto daemon = site.start();
  site.build("one");
  site.mark();
  EXPECT_EQ(site.ctl({"reconcile", "shop", "--wait"}).exit, 0);
  const Ended plan = site.ctl({"plan", "--detailed-exitcode"});
  EXPECT_EQ(plan.exit, 2) << plan.out << plan.err;
  EXPECT_TRUE(plan.out.contains("v1.0.0")) << plan.out;
  EXPECT_TRUE(site.requests("POST").empty()) << "who observes writes nothing";

  site.configure();
  EXPECT_EQ(site.ctl({"reload"}).exit, 0);
  daemon->await("version.created");
  EXPECT_EQ(site.versions().size(), 1U);
  EXPECT_EQ(site.ctl({"plan", "--detailed-exitcode"}).exit, 0);

  site.configure({.mode = "observe"});
  EXPECT_EQ(site.ctl({"reload"}).exit, 0);
  site.build("two", "1.1.0");
  site.mark();
  EXPECT_EQ(site.ctl({"reconcile", "shop", "--wait"}).exit, 0);
  EXPECT_EQ(site.requests("POST").size(), 1U) << "and back";
  EXPECT_EQ(daemon->stop(), 0);
}

}  // namespace
}  // namespace rollout
