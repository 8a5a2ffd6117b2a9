// SPDX-License-Identifier: Apache-2.0
// Policies over a recorded past: preview, replay, diff.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/sqlite/sqlite_journal.h"
#include "daemon/core/model/exit_codes.h"
#include "tests/app/support.h"

namespace rollout {
namespace {

constexpr const char* kKeepOne =
    "retention: one\nkeep: { last: 1 }\nprotect: { min_age: 0s, rollback: 1 }\n"
    "limits: { max_deletes: 5, max_percent: 100%, grace: 0s }\nscope: all\n";
constexpr const char* kKeepFive =
    "retention: five\nkeep: { last: 5 }\nprotect: { min_age: 0s, rollback: 1 }\nscope: all\n";
constexpr const char* kNow = "2026-03-10T12:00:00Z";

std::string id_of(int number) {
  return fmt::format("00000000-0000-4000-8000-{:012}", number);
}

/// A version a day from the first of March on; 1, 2 and 3 served an hour later, and 1 once more.
std::string five_days() {
  Json list = {{"result", Json::array()}, {"deployments", Json::array()}};
  for (int number = 1; number <= 5; ++number) {
    list["result"].push_back({{"id", id_of(number)},
                              {"number", number},
                              {"created_on", fmt::format("2026-03-0{}T09:00:00Z", number)},
                              {"annotations", {{"workers/tag", fmt::format("v{}", number)}}},
                              {"urls", Json::array()}});
  }
  int at = 0;
  for (const auto& [day, number] : {std::pair{1, 1}, {2, 2}, {3, 3}, {8, 1}}) {
    ++at;
    list["deployments"].push_back(
        {{"id", id_of(100 + at)},
         {"created_on", fmt::format("2026-03-0{}T10:00:00Z", day)},
         {"source", "api"},
         {"strategy", "percentage"},
         {"author_email", ""},
         {"versions", {{{"version_id", id_of(number)}, {"percentage", 100}}}}});
  }
  return list.dump();
}

class PolicyHistory : public Shop {
 protected:
  PolicyHistory() {
    folder_.write("one.yaml", kKeepOne);
    folder_.write("five.yaml", kKeepFive);
    folder_.write("list.json", five_days());
  }
  std::vector<std::string> words(std::vector<std::string> command) const {
    command.insert(command.end(), {"--versions", folder_.path("list.json"), "--at", kNow});
    return command;
  }
  const std::string one_ = folder_.path("one.yaml");
  const std::string five_ = folder_.path("five.yaml");
};

TEST_F(PolicyHistory, PreviewSaysWhatEndsEachReason) {
  const Json data = ctl_json(words({"policy", "preview", five_}));
  EXPECT_EQ(data["versions"][0]["reasons"][0]["ends_when"], "5 newer versions come into its group");
  const Ran ran = ctl(words({"policy", "preview", five_}));
  EXPECT_TRUE(ran.out.contains("last 5/5       one newer version comes into its group\n"))
      << ran.out;
}

TEST_F(PolicyHistory, ReplayTellsWhatWouldHaveGoneAndTheRollbackThatItWouldHaveBroken) {
  const Json data = ctl_json(words({"policy", "replay", one_, "--since", "30d"}));
  EXPECT_EQ(data["since"], "2026-03-01T09:00:00Z") << "nothing is older";
  EXPECT_EQ(data["until"], kNow);
  EXPECT_EQ(data["versions"], 5);
  ASSERT_EQ(data["broken"].size(), 1U) << data.dump();
  EXPECT_EQ(data["broken"][0]["number"], 1);
  EXPECT_EQ(data["broken"][0]["kind"], "rollback");
  EXPECT_EQ(data["broken"][0]["at"], "2026-03-08T10:00:00Z");
  EXPECT_EQ(data["broken_rollbacks"], 1);
  const Ran ran = ctl(words({"policy", "replay", one_, "--since", "30d"}));
  EXPECT_EQ(ran.exit, kExitOk);
  EXPECT_TRUE(ran.out.contains("rollback to v1 \"v1\", which would have been gone since"))
      << ran.out;
  EXPECT_TRUE(ran.out.contains("1 later rollback would have been broken")) << ran.out;
  const Json kept = ctl_json(words({"policy", "replay", five_}));
  EXPECT_EQ(kept["gone"], Json::array());
  EXPECT_EQ(kept["broken"], Json::array());
}

TEST_F(PolicyHistory, DiffNamesEveryVersionWhoseFateChangesAndWhy) {
  const Json data = ctl_json(words({"policy", "diff", five_, one_}));
  ASSERT_EQ(data["changes"].size(), 2U) << data.dump();
  EXPECT_EQ(data["changes"][1]["number"], 2);
  const Json& change = data["changes"][0];
  EXPECT_EQ(change["number"], 4);
  EXPECT_EQ(change["old"]["reasons"][0]["rule"], "last");
  EXPECT_EQ(change["new"]["verdict"], "condemned");
  const Ran ran = ctl(words({"policy", "diff", five_, one_}));
  EXPECT_EQ(ran.exit, kExitFailed) << "they differ";
  EXPECT_TRUE(
      ran.out.contains("v4 \"v4\"  2026-03-04T09:00:00Z  kept: last 2/5  nothing keeps it\n"))
      << ran.out;
  EXPECT_TRUE(ran.out.contains("2 of 5 versions change")) << ran.out;
  EXPECT_EQ(ctl(words({"policy", "diff", one_, one_})).exit, kExitOk);
}

TEST_F(PolicyHistory, DiffOverTheHistoryComparesWhatWouldHaveGone) {
  const Json data =
      ctl_json(words({"policy", "diff", five_, one_, "--since", "2026-03-01T00:00:00Z"}));
  ASSERT_FALSE(data["changes"].empty());
  for (const Json& change : data["changes"]) {
    EXPECT_EQ(change["old"]["fate"], "stays");
    EXPECT_EQ(change["new"]["fate"], "goes");
  }
  EXPECT_EQ(data["old"]["broken_rollbacks"], 0);
  EXPECT_EQ(data["new"]["broken_rollbacks"], 1);
  const Ran ran = ctl(words({"policy", "diff", five_, one_, "--since", "30d"}));
  EXPECT_TRUE(ran.out.contains("OLD would have broken 0 later rollbacks, NEW 1")) << ran.out;
}

TEST_F(PolicyHistory, WhatCannotBeReadIsSaid) {
  EXPECT_EQ(ctl({"policy", "replay", one_, "--versions", folder_.path("none.json")}).exit,
            kExitFailed);
  EXPECT_EQ(ctl({"policy", "diff", one_, folder_.path("none.yaml")}).exit, kExitConfig);
  EXPECT_EQ(ctl(words({"policy", "replay", one_, "--since", "soon"})).exit, kExitUsage);
  EXPECT_EQ(ctl(words({"policy", "replay", one_, "--worker", "shop"})).exit, kExitUsage);
  EXPECT_EQ(ctl({"policy", "replay", one_, "--worker", "nobody"}).exit, kExitUsage);
}

/// Of Cloudflare's three versions, and of a fourth that only the journal knows.
class PolicyHistoryOfAWorker : public PolicyHistory {
 protected:
  PolicyHistoryOfAWorker() {
    server_.seed(kThreeVersions);
    const auto journal = SqliteJournal::open({.path = folder_.path("state/main.journal")}).value();
    Memory memory;
    const VersionId first = VersionId::parse(oldest()).value();
    memory.pins[first] = {.reason = "audit", .actor = "anna", .until = std::nullopt};
    EXPECT_TRUE(journal->keep(WorkerId("shop"), memory));
    LedgerEntry made;
    made.at = *parse_rfc3339("2026-01-15T09:00:00Z");
    made.worker = WorkerId("shop");
    made.event = "version.created";
    made.version = VersionId::parse(id_of(9));
    made.number = 9;
    made.tag = "gone";
    EXPECT_TRUE(journal->append({made}));
  }
  std::string oldest() const { return ctl_json({"versions", "list"})["result"].back()["id"]; }
};

TEST_F(PolicyHistoryOfAWorker, IsWhatCloudflareListsAndTheJournalRemembers) {
  const Json data = ctl_json({"policy", "replay", one_, "--worker", "shop"});
  EXPECT_EQ(data["versions"], 4) << data.dump();
  for (const Json& gone : data["gone"]) EXPECT_NE(gone["number"], 1) << "it is pinned";
  const Json now = ctl_json({"policy", "diff", one_, five_});
  EXPECT_EQ(now["versions"], 3) << "what is gone has no fate today";
  EXPECT_EQ(server_.count_requests("DELETE"), 0U);
}

TEST_F(PolicyHistoryOfAWorker, DoesWithoutAJournalAndSaysSo) {
  std::filesystem::remove(folder_.path("state/main.journal"));
  const Ran ran = ctl({"policy", "replay", one_, "--worker", "shop"});
  EXPECT_EQ(ran.exit, kExitOk);
  EXPECT_TRUE(ran.err.contains("versions that are gone, and pins by command, are not known"))
      << ran.err;
}

constexpr const char* kSplit =
    "retention: small\ngroups:\n"
    "  - { name: release, match: { tag: \"v*\" }, keep: { last: 5 } }\n"
    "  - { name: preview, match: { tag: \"gon*\" }, keep: { last: 5 } }\n"
    "  - { name: nightly, match: { tag: \"nightly-*\" }, keep: { last: [5, 200] } }\n";

TEST_F(PolicyHistoryOfAWorker, ALintKnowsWhichGroupsNeverMatched) {
  folder_.write("policies/small.yaml", kSplit);
  const Json warnings = ctl_json({"config", "check"})["warnings"];
  std::vector<std::string> codes;
  for (const Json& each : warnings)
    if (each["code"] != "TokenFileTooWide") codes.push_back(each["code"]);
  EXPECT_EQ(codes, (std::vector<std::string>{"ShadowedRule", "KeepBeyondDeployable",
                                             "UnmatchedGroup", "UnmatchedGroup"}))
      << warnings.dump();
  EXPECT_EQ(warnings[3]["message"],
            "policy small: group release matches no version that the journal knows of shop (1 in "
            "all); its `match` may be mistyped");
  EXPECT_EQ(ctl({"config", "check", "--lint-fatal"}).exit, kExitLintWarnings);
  const Ran alone = ctl({"config", "check", folder_.path("policies/small.yaml"), "--lint-fatal"});
  EXPECT_EQ(alone.exit, kExitLintWarnings);
  EXPECT_TRUE(
      alone.err.contains("warning: policy small: group nightly: \"last: 5\" keeps nothing "
                         "that \"last: 200\" does not keep"))
      << alone.err;
}

TEST_F(PolicyHistoryOfAWorker, OnlineTheListingAlsoSaysWhichGroupsNeverMatched) {
  const auto unmatched = [&] {
    std::vector<std::string> said;
    const Json checked = ctl_json({"config", "check", "--online"});
    for (const Json& each : checked["warnings"])
      if (each["code"] == "UnmatchedGroup") said.push_back(each["message"]);
    return said;
  };
  folder_.write("policies/small.yaml", kSplit);
  EXPECT_EQ(unmatched().size(), 2U) << "of what is listed nothing is in the scope";
  folder_.write("policies/small.yaml", std::string(kSplit) + "scope: all\n");
  EXPECT_EQ(unmatched(),
            std::vector<std::string>{
                "policy small: group nightly matches no version that Cloudflare lists or the "
                "journal knows of shop (4 in all); its `match` may be mistyped"});
  std::filesystem::remove(folder_.path("state/main.journal"));
  EXPECT_EQ(unmatched().size(), 2U) << "v* matches, which nobody knows without the network";
}

TEST_F(PolicyHistory, OnlineTheListingSpeaksWhereNoJournalIs) {
  folder_.write("policies/small.yaml", kSplit);
  server_.seed(fmt::format(
      R"({{"workers":[{{"name":"shop","versions":[{{"number":1,"annotations":{{"workers/tag":"v1",
         "workers/message":"one\nrolloutd: build=sha256:{} policy=digest"}}}}]}}]}})",
      std::string(64, 'a')));
  std::size_t unmatched = 0;
  const Json checked = ctl_json({"config", "check", "--online"});
  for (const Json& each : checked["warnings"])
    if (each["code"] == "UnmatchedGroup") ++unmatched;
  EXPECT_EQ(unmatched, 2U) << "release is matched by what this daemon made";
  EXPECT_EQ(server_.count_requests("GET"), 2U) << "the Worker, and its versions";
}

}  // namespace
}  // namespace rollout
