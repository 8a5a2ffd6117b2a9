// SPDX-License-Identifier: Apache-2.0
// Somebody who has never used the tool writes a policy for branches and releases, tries it on the
// history that is there, and is told before anything is deleted.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/core/model/exit_codes.h"
#include "tests/process/site.h"

namespace rollout {
namespace {

/// A day of March 2026, at noon.
std::string day(int number) {
  return std::string("2026-03-") + (number < 10 ? "0" : "") + std::to_string(number) + "T12:00:00Z";
}

/// Twelve days: a release every third, branches `cart` and `login` between; release 1.0 served,
/// then 1.1, and after a bad one 1.0 again.
std::string twelve_days() {
  const char* tags[] = {
      "v1.0", "pr-cart-a1b2c3",  "pr-login-a1b2c3", "v1.1", "pr-cart-b1b2c3", "pr-cart-c1b2c3",
      "v1.2", "pr-login-b1b2c3", "pr-cart-d1b2c3",  "v1.3", "pr-cart-e1b2c3", "pr-cart-f1b2c3"};
  Json versions = Json::array();
  int number = 0;
  for (const char* tag : tags) {
    ++number;
    const std::string digest(64, static_cast<char>('a' + number % 6));
    versions.push_back(
        {{"number", number},
         {"created_on", day(number)},
         {"annotations",
          {{"workers/tag", tag},
           {"workers/message", "rolloutd: build=sha256:" + digest + " policy=plain"}}}});
  }
  Json deployments = Json::array();
  for (const auto& [when, which] : {std::pair{2, 1}, {5, 4}, {8, 7}, {9, 1}, {11, 10}})
    deployments.push_back(
        {{"created_on", day(when)}, {"versions", {{{"number", which}, {"percentage", 100}}}}});
  return Json{
      {"workers", {{{"name", "shop"}, {"versions", versions}, {"deployments", deployments}}}}}
      .dump();
}

constexpr const char* kLimits =
    "protect: { min_age: 0s, rollback: 1 }\n"
    "limits: { max_deletes: 20, max_percent: 100%, grace: 0s }\n";

constexpr const char* kGroups =
    "groups:\n"
    "  - name: release\n"
    "    match: { tag: \"v*\" }\n"
    "    keep: { last: 3 }\n"
    "  - name: preview\n"
    "    match: { tag: \"pr-<branch>-*\" }\n"
    "    per: branch\n"
    "    anchor: now\n"
    "    min_keep: 0\n"
    "    keep: { within: 3d }\n";

constexpr const char* kTests =
    "tests:\n"
    "  - name: a branch does not push out a release\n"
    "    now: 2026-03-10T12:00:00Z\n"
    "    versions:\n"
    "      - { number: 1, created_on: 2026-03-01T12:00:00Z, tag: \"v1\" }\n"
    "      - { number: 2, created_on: 2026-03-02T12:00:00Z, tag: \"pr-cart-1\" }\n"
    "      - { number: 3, created_on: 2026-03-09T12:00:00Z, tag: \"pr-cart-2\" }\n";

class Journey : public testing::Test {
 protected:
  Journey() {
    site_.control("seed", twelve_days());
    site_.configure({.mode = "observe"});
    const Ended listed = site_.ctl({"versions", "list", "--worker", "shop", "-o", "json"});
    EXPECT_EQ(listed.exit, 0) << listed.err;
    site_.write("list.json", listed.out);
  }
  Ended over_the_list(Words words) const {
    words.insert(words.end(), {"--versions", site_.path("list.json"), "--at", day(13)});
    return site_.ctl(std::move(words));
  }
  /// Numbers of the versions that this policy would let go.
  std::vector<int> condemned(const std::string& policy) const {
    const Ended ran = over_the_list({"policy", "preview", policy, "-o", "json"});
    EXPECT_EQ(ran.exit, 0) << ran.err;
    std::vector<int> numbers;
    const Json data = parse_json(ran.out).value();
    for (const Json& version : data["versions"])
      if (version["verdict"] == "condemned") numbers.push_back(version["number"]);
    return numbers;
  }

  Site site_;
  const std::string policy_ = site_.path("etc/policies/branches.yaml");
};

TEST_F(Journey, OfAMistakeIsToldWhereItStands) {
  std::string mistaken = kGroups;
  mistaken.replace(mistaken.find("per: branch"), 11, "per: brunch");
  site_.retention("branches", mistaken);
  const Ended ran = site_.ctl({"config", "check", policy_});
  EXPECT_EQ(ran.exit, kExitConfig);
  EXPECT_TRUE(
      ran.err.contains("branches.yaml:8:5: group preview: \"pr-<branch>-*\" does not capture "
                       "<brunch>"))
      << ran.err;
  EXPECT_TRUE(ran.err.contains("     8 |     per: brunch\n       |     ^^^")) << ran.err;
}

TEST_F(Journey, APolicyIsPreviewedTestedAndProven) {
  site_.retention("branches", std::string(kGroups) + kLimits + kTests + "    keep: [1, 2, 3]\n");
  const Ended failing = site_.ctl({"policy", "test", policy_});
  EXPECT_EQ(failing.exit, kExitFailed);
  EXPECT_TRUE(
      failing.out.contains("version 2 is deleted, not kept: nothing keeps it in "
                           "preview/cart"))
      << failing.out;
  EXPECT_EQ(site_.ctl({"config", "check", policy_}).exit, kExitConfig) << "nor is it used";

  site_.retention("branches",
                  std::string(kGroups) + kLimits + kTests + "    keep: [1, 3]\n    delete: [2]\n");
  EXPECT_EQ(site_.ctl({"policy", "test", policy_}).exit, 0);
  const Ended checked = site_.ctl({"config", "check", "--lint-fatal", policy_});
  EXPECT_EQ(checked.exit, 0) << checked.err;

  EXPECT_EQ(condemned(policy_), (std::vector<int>{9, 8, 6, 5, 3, 2}))
      << "1 was gone back to, and so is a rollback target";
  const Ended shown = over_the_list({"policy", "preview", policy_});
  EXPECT_TRUE(shown.out.contains("2026-03-14T12:00:00.001Z")) << shown.out;
  EXPECT_TRUE(site_.requests("DELETE").empty());
}

TEST_F(Journey, AChangeIsComparedBeforeItIsMade) {
  site_.retention("branches", std::string(kGroups) + kLimits);
  std::string stricter = std::string(kGroups) + kLimits;
  stricter.replace(stricter.find("last: 3"), 7, "last: 1");
  site_.write("stricter.yaml", "retention: branches\n" + stricter);
  const std::string changed = site_.path("stricter.yaml");

  const Ended today = over_the_list({"policy", "diff", policy_, changed});
  EXPECT_EQ(today.exit, kExitFailed) << today.err;
  EXPECT_TRUE(today.out.contains("kept: last 2/3 (group release)")) << today.out;
  EXPECT_TRUE(today.out.contains("NEW lets 2 go that OLD keeps, and keeps 0")) << today.out;

  const Ended past = over_the_list({"policy", "diff", policy_, changed, "--since", "30d"});
  EXPECT_TRUE(past.out.contains("OLD would have broken 0 later rollbacks, NEW 1")) << past.out;
  const Ended replayed = over_the_list({"policy", "replay", changed, "--since", "30d"});
  EXPECT_EQ(replayed.exit, 0) << replayed.err;
  EXPECT_TRUE(replayed.out.contains("2026-03-09T12:00:00Z  rollback to v1 \"v1.0\""))
      << replayed.out;

  // The same of what is there now, without a list.
  const Ended live = site_.ctl({"policy", "diff", policy_, changed, "--worker", "shop"});
  EXPECT_EQ(live.exit, kExitFailed) << live.err;
  EXPECT_TRUE(site_.requests("DELETE").empty());
}

}  // namespace
}  // namespace rollout
