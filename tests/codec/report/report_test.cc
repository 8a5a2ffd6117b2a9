// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/codec/report/report_plan.h"
#include "daemon/codec/report/report_version.h"

namespace rollout {
namespace {

const VersionId kOne = *VersionId::parse("11111111-1111-4111-8111-111111111111");
const VersionId kTwo = *VersionId::parse("22222222-2222-4222-8222-222222222222");

Instant at(std::string_view text) {
  return *parse_rfc3339(text);
}

Version version(const VersionId& id, std::uint64_t number, std::string tag) {
  return {.id = id,
          .number = number,
          .created_on = at("2026-03-01T09:00:00Z"),
          .annotations = {.tag = std::move(tag), .message = "hello", .triggered_by = "upload"},
          .source = "api",
          .startup_time = Millis(7),
          .urls = {}};
}

Reason hit(std::string rule, std::uint32_t ordinal, std::string limit) {
  Reason reason;
  reason.group = "all";
  reason.rule = std::move(rule);
  reason.ordinal = ordinal;
  reason.limit = std::move(limit);
  return reason;
}

Verdict kept() {
  Reason young;
  young.code = ReasonCode::min_age;
  young.until = at("2026-03-02T10:00:00Z");
  return {.version = kTwo,
          .number = 2,
          .tag = "v2",
          .created_on = at("2026-03-02T09:00:00Z"),
          .group = "all",
          .in_scope = true,
          .reasons = {hit("last", 1, "20"), young}};
}

Verdict condemned() {
  return {.version = kOne,
          .number = 1,
          .tag = "",
          .created_on = std::nullopt,
          .group = "",
          .in_scope = true,
          .reasons = {}};
}

Verdict by_day() {
  Verdict verdict = kept();
  verdict.reasons = {hit("daily", 3, "14")};
  verdict.reasons[0].bucket = "2026-11-02";
  return verdict;
}

TEST(Report, VerdictsSayWhatEndsEachReason) {
  const Json reasons = verdict_to_json(kept())["reasons"];
  EXPECT_EQ(reasons[0]["ends_when"], "20 newer versions come into its group");
  EXPECT_FALSE(reasons[0].contains("until"));
  EXPECT_FALSE(reasons[1].contains("ends_when")) << "a date does";
  const Json explained = explanation_to_json({.worker = WorkerId("shop"),
                                              .verdict = kept(),
                                              .version = {},
                                              .condemned_for = {},
                                              .pin = {},
                                              .former_policy = {},
                                              .formerly = {},
                                              .stops = {},
                                              .notices = {},
                                              .ledger = {},
                                              .generation = 1,
                                              .grace = {}});
  EXPECT_EQ(explained["verdict"]["reasons"], reasons);
}

TEST(Report, VerdictsHaveTheFormatThatIsPromised) {
  const std::vector<Verdict> verdicts = {kept(), condemned()};
  const std::vector<Stop> stops = {{StopCode::MaxDeletes, "30 of 40 exceed max_deletes 20"}};
  const Json json = verdicts_to_json(verdicts, stops);
  EXPECT_EQ(json["apiVersion"], "rolloutctl/v1");
  const Json& first = json["versions"][0];
  EXPECT_EQ(first["number"], 2);
  EXPECT_EQ(first["id"], kTwo.text());
  EXPECT_EQ(first["verdict"], "keep");
  EXPECT_EQ(first["reasons"][0], Json({{"code", to_string(ReasonCode::rule)},
                                       {"group", "all"},
                                       {"rule", "last"},
                                       {"ordinal", 1},
                                       {"limit", "20"},
                                       {"ends_when", "20 newer versions come into its group"}}));
  EXPECT_EQ(first["reasons"][1]["until"], "2026-03-02T10:00:00Z");
  EXPECT_EQ(verdicts_to_json(std::vector{by_day()}, {})["versions"][0]["reasons"][0]["bucket"],
            "2026-11-02");
  EXPECT_FALSE(first["reasons"][1].contains("group"));
  EXPECT_EQ(json["versions"][1]["verdict"], "condemned");
  EXPECT_EQ(json["versions"][1]["reasons"], Json::array());
  EXPECT_FALSE(json["versions"][1].contains("created_on"));
  EXPECT_EQ(json["stops"][0]["code"], to_string(StopCode::MaxDeletes));
  EXPECT_EQ(json["stops"][0]["message"], "30 of 40 exceed max_deletes 20");
}

TEST(Report, AVersionLooksAsTheApiHasIt) {
  const Json json = version_to_json(version(kOne, 1, "v1"));
  EXPECT_EQ(json["id"], kOne.text());
  EXPECT_EQ(json["annotations"]["workers/tag"], "v1");
  EXPECT_EQ(json["annotations"]["workers/message"], "hello");
  EXPECT_EQ(json["annotations"]["workers/triggered_by"], "upload");
  EXPECT_EQ(json["created_on"], "2026-03-01T09:00:00Z");
  EXPECT_EQ(json["startup_time_ms"], 7);
}

TEST(Report, AVersionsModulesCarryTheirHashes) {
  VersionDetail detail{.version = version(kOne, 1, ""),
                       .settings = {},
                       .main_module = "index.js",
                       .migration_tag = std::nullopt,
                       .exports_reconciliation = std::nullopt,
                       .main_script_base64 = std::nullopt,
                       .modules = {{"index.js", "application/javascript+module", "abc"}}};
  detail.settings.compatibility_date = "2026-11-01";
  const Json json = version_detail_to_json(detail);
  EXPECT_EQ(json["compatibility_date"], "2026-11-01");
  EXPECT_EQ(json["main_module"], "index.js");
  EXPECT_EQ(json["modules"][0]["size"], 3);
  EXPECT_EQ(json["modules"][0]["content_base64"], "YWJj");
  EXPECT_EQ(json["modules"][0]["sha256"],
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Report, ARecordedListHoldsVersionsAndDeployments) {
  const Listing listing{.versions = {version(kTwo, 2, "v2"), version(kOne, 1, "v1")},
                        .server_time = std::nullopt};
  const DeploymentHistory history{.deployments = {{.id = DeploymentId("d"),
                                                   .created_on = at("2026-03-01T10:00:00Z"),
                                                   .source = "api",
                                                   .strategy = "percentage",
                                                   .author_email = "",
                                                   .versions = {{kTwo, 90}, {kOne, 10}},
                                                   .annotations = {}}},
                                  .server_time = std::nullopt};
  const Json json = recorded_list_to_json(listing, history);
  EXPECT_EQ(json["result"].size(), 2U);
  EXPECT_EQ(json["deployments"][0]["versions"][1],
            Json({{"version_id", kOne.text()}, {"percentage", 10.0}}));
  EXPECT_EQ(json["pins"], Json::array());
}

PlanReport plan_report() {
  PlanReport report;
  report.worker = WorkerId("shop-api");
  report.account = AccountName("main");
  report.mode = Mode::enforce;
  report.generation = 3;
  report.read_at = at("2026-03-10T12:04:10Z");
  report.serving = {{kTwo, 100}};
  report.versions = {version(kTwo, 2, "v2")};
  const PruneVersion prune{
      .version = kOne, .number = 1, .tag = "v1", .created_on = std::nullopt, .reason = "old"};
  report.plan.actions.emplace_back(prune);
  report.plan.ready.push_back(prune);
  report.plan.verdicts = {kept()};
  report.plan.waiting = 4;
  report.plan.id = "p-0123abcd";
  return report;
}

TEST(Report, APlanSaysWhatItWouldWriteAndWhy) {
  const Json json = plan_report_to_json(plan_report());
  EXPECT_EQ(json["worker"], "shop-api");
  EXPECT_EQ(json["mode"], "enforce");
  EXPECT_EQ(json["serving"][0]["number"], 2);
  EXPECT_EQ(json["actions"][0]["action"], "prune");
  EXPECT_EQ(json["actions"][0]["reason"], "old");
  EXPECT_EQ(json["ready"][0]["id"], kOne.text());
  EXPECT_EQ(json["waiting"], 4);
  EXPECT_EQ(json["versions"][0]["verdict"], "keep");
  EXPECT_FALSE(json.contains("apiVersion"));
}

TEST(Report, APlanSaysWhatAChangeOfThePolicyWouldTake) {
  PlanReport report = plan_report();
  Verdict lost = kept();
  const std::vector<Reason> reasons = std::exchange(lost.reasons, {});
  report.plan.verdicts = {lost};
  report.plan.policy_change =
      PolicyChange{"h1", PolicyName("standard"), "", {{lost.version, reasons}}};
  const Json change = plan_report_to_json(report)["policy_change"];
  EXPECT_EQ(change["former"], Json({{"hash", "h1"}, {"policy", "standard"}}));
  ASSERT_EQ(change["lost"].size(), 1U);
  EXPECT_EQ(change["lost"][0]["reasons"][0]["code"], to_string(reasons[0].code));
  EXPECT_FALSE(change["lost"][0].contains("verdict"));
}

TEST(Report, AnExplanationSaysWhatAFormerPolicyWouldKeep) {
  Explanation explanation;
  explanation.verdict = kept();
  explanation.formerly = std::exchange(explanation.verdict->reasons, {});
  explanation.former_policy = PolicyName("standard");
  const Json json = explanation_to_json(explanation);
  EXPECT_EQ(json["formerly"]["policy"], "standard");
  EXPECT_EQ(json["formerly"]["reasons"].size(), explanation.formerly.size());
}

TEST(Report, AnAnswerIsOneLineOfTheControlSocket) {
  const Json done = answer_to_json({.exit = 0, .body = Done{"pinned"}});
  EXPECT_EQ(done, Json({{"exit", 0},
                        {"data", {{"apiVersion", "rolloutctl/v1"}, {"message", "pinned"}}}}));
  const Json plans = answer_to_json({.exit = 0, .body = plan_report()});
  EXPECT_EQ(plans["data"]["plans"].size(), 1U);
}

TEST(Report, AFailedAnswerHasErrorsAndNoData) {
  const Json json = answer_to_json({.exit = 69, .body = Done{"Cloudflare cannot be reached"}});
  EXPECT_EQ(json["exit"], 69);
  EXPECT_FALSE(json.contains("data"));
  EXPECT_EQ(json["errors"][0]["message"], "Cloudflare cannot be reached");
}

TEST(Report, AnExplanationOfAVersionThatIsGoneHasItsLedgerOnly) {
  Explanation explanation;
  explanation.worker = WorkerId("shop-api");
  explanation.grace.exact = std::chrono::hours(24);
  LedgerEntry entry;
  entry.at = at("2026-05-30T03:00:12Z");
  entry.event = "prune.deleted";
  entry.version = kOne;
  entry.number = 31;
  entry.detail = "no rule keeps it";
  entry.run = RunId("r-5512");
  entry.plan = "p-1";
  explanation.ledger.push_back(entry);
  const Json json = explanation_to_json(explanation);
  EXPECT_FALSE(json.contains("verdict"));
  EXPECT_FALSE(json.contains("version"));
  EXPECT_EQ(json["grace"], format_duration(explanation.grace));
  EXPECT_EQ(json["ledger"][0]["event"], "prune.deleted");
  EXPECT_EQ(json["ledger"][0]["run"], "r-5512");
  EXPECT_EQ(json["ledger"][0]["plan"], "p-1");
  EXPECT_FALSE(json["ledger"][0].contains("actor"));
}

TEST(Report, ConfigErrorsNameTheirPlace) {
  const std::vector<ConfigError> errors = {{.code = "UnknownKey",
                                            .message = "unknown key `kep`",
                                            .file = "rolloutd.yaml",
                                            .line = 27,
                                            .column = 9,
                                            .excerpt = "    kep:\n    ^^^"}};
  const Json json = config_errors_to_json(errors);
  EXPECT_EQ(json[0]["line"], 27);
  EXPECT_EQ(json[0]["column"], 9);
  EXPECT_EQ(json[0]["excerpt"], "    kep:\n    ^^^");
}

TEST(Report, AFailureKeepsWhatCloudflareSaid) {
  Failure failure;
  failure.kind = FailureKind::unauthorized;
  failure.code = 10000;
  failure.cf_ray = "8c1";
  const Json json = failure_to_json(failure);
  EXPECT_EQ(json["code"], "Unauthorized");
  EXPECT_EQ(json["cloudflare_code"], 10000);
  EXPECT_EQ(json["cf_ray"], "8c1");
}

}  // namespace
}  // namespace rollout
