// SPDX-License-Identifier: Apache-2.0
// What waits for a person, and what a person's word does.
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "daemon/core/model/exit_codes.h"
#include "tests/process/site.h"

namespace rollout {
namespace {

/// Six old versions of ours, of which the newest serves.
std::string old_history() {
  Json versions = Json::array();
  for (int number = 1; number <= 6; ++number) {
    const std::string digest(64, static_cast<char>('a' + number - 1));
    versions.push_back(
        {{"number", number},
         {"created_on", "2026-01-0" + std::to_string(number) + "T09:00:00Z"},
         {"annotations",
          {{"workers/tag", "v0." + std::to_string(number)},
           {"workers/message", "rolloutd: build=sha256:" + digest + " policy=plain"}}}});
  }
  Json deployment = {{"created_on", "2026-01-06T10:00:00Z"},
                     {"versions", {{{"number", 6}, {"percentage", 100}}}}};
  Json worker = {{"name", "shop"}, {"versions", versions}, {"deployments", {deployment}}};
  return Json{{"workers", {worker}}}.dump();
}

std::string keeps_last(int count, const std::string& limits = "") {
  return "keep: { last: " + std::to_string(count) +
         " }\nprotect: { min_age: 0s, rollback: 1 }\n"
         "limits: { max_deletes: 10, max_percent: 100%, grace: 0s" +
         limits + " }\n";
}

/// The id of the plan for `shop`, which must be waiting for a person.
std::string waiting_plan(const Site& site) {
  const Ended plan = site.ctl({"plan", "--detailed-exitcode", "-o", "json"});
  EXPECT_EQ(plan.exit, kExitWaitingForPerson) << plan.out << plan.err;
  return parse_json(plan.out).value()["plans"][0]["id"];
}

class Approval : public testing::Test {
 protected:
  Approval() {
    site_.control("seed", old_history());
    site_.build("zero");  // Not marked: the directory is there, and no build.
  }
  Site site_;
};

TEST_F(Approval, OfAPlanIsAskedForOverARestartAndRunsThatPlanAlone) {
  site_.retention("one", keeps_last(1, ", approve_over: 2"));
  site_.configure({.retention = "one"});
  auto daemon = site_.start();
  EXPECT_EQ(daemon->await("prune.refused")["reason"], "ApproveOver");
  const std::string id = waiting_plan(site_);
  EXPECT_EQ(daemon->stop(), 0);
  daemon = site_.start();
  EXPECT_EQ(daemon->await("prune.refused")["reason"], "ApproveOver");
  EXPECT_EQ(waiting_plan(site_), id);

  EXPECT_EQ(site_.ctl({"apply", id}).exit, kExitUsage) << "no terminal, no --yes";
  EXPECT_EQ(site_.ctl({"pin", "v2", "--reason", "audit"}).exit, 0);
  const Ended changed = site_.ctl({"apply", id, "--yes"});
  EXPECT_EQ(changed.exit, kExitFailed) << changed.out;
  EXPECT_TRUE(changed.err.contains("no plan is " + id + " now")) << changed.err;
  EXPECT_TRUE(site_.requests("DELETE").empty());

  const Ended applied = site_.ctl({"apply", waiting_plan(site_), "--yes"});
  EXPECT_EQ(applied.exit, 0) << applied.err;
  EXPECT_TRUE(applied.err.contains("v0.4")) << "what is agreed to is shown: " << applied.err;
  EXPECT_EQ(site_.tags(), (std::vector<std::string>{"v0.2", "v0.6"}));
  EXPECT_EQ(daemon->await("prune.approved")["plan_id"],
            daemon->await("prune.planned", 2)["plan_id"]);
  const Ended explained = site_.ctl({"explain", "v4"});
  EXPECT_TRUE(explained.out.contains("prune.deleted")) << explained.out;
  EXPECT_TRUE(explained.out.contains("(by ")) << explained.out;
  EXPECT_EQ(daemon->stop(), 0);
}

TEST_F(Approval, OutlivesTheProcessThatWasKilledOverIt) {
  site_.retention("one", keeps_last(1, ", approve_over: 2"));
  site_.configure({.retention = "one"});
  auto daemon = site_.start();
  daemon->await("prune.refused");
  // Three tries of this process, and three of the next one.
  site_.control("faults", R"([{ "method": "DELETE", "when": "before", "status": 503,
                               "times": 6 }])");
  EXPECT_EQ(site_.ctl({"apply", waiting_plan(site_), "--yes"}).exit, kExitUnreachable);
  daemon->signal(SIGKILL);
  daemon->wait();
  EXPECT_EQ(site_.versions().size(), 6U);
  daemon = site_.start();
  site_.wait_until([this] { return site_.versions().size() == 1; });
  EXPECT_TRUE(daemon->told("prune.approved").empty()) << "nobody had to say it again";
  EXPECT_EQ(daemon->stop(), 0);
}

TEST_F(Approval, IsNeededWhereAChangedPolicyWouldDeleteWhatTheFormerKept) {
  site_.retention("standard", keeps_last(5));
  site_.configure({.retention = "standard"});
  auto daemon = site_.start();
  daemon->await("prune.deleted");
  site_.retention("standard", keeps_last(2));
  EXPECT_EQ(site_.ctl({"reload"}).exit, 0);
  EXPECT_EQ(daemon->await("prune.refused")["reason"], "Ratchet");
  daemon->signal(SIGKILL);
  daemon->wait();
  daemon = site_.start();  // It has the former policy from its journal alone.
  EXPECT_EQ(daemon->await("prune.refused")["reason"], "Ratchet");
  const Ended explained = site_.ctl({"explain", "v3"});
  EXPECT_TRUE(explained.out.contains("formerly kept by policy standard: last 4/5"))
      << explained.out;
  const Ended plan = site_.ctl({"plan"});
  EXPECT_TRUE(plan.out.contains("3 versions that policy standard kept before are condemned now"))
      << plan.out;
  EXPECT_EQ(site_.requests("DELETE").size(), 1U);

  EXPECT_EQ(site_.ctl({"apply", waiting_plan(site_), "--yes"}).exit, 0);
  EXPECT_EQ(site_.tags(), (std::vector<std::string>{"v0.5", "v0.6"}));
  site_.build("one");
  site_.mark();
  daemon->await("prune.deleted", 4);  // By the policy that was agreed to.
  EXPECT_EQ(site_.tags(), (std::vector<std::string>{"v0.6", "v1.0.0"}));
  EXPECT_EQ(daemon->stop(), 0);
}

}  // namespace
}  // namespace rollout
