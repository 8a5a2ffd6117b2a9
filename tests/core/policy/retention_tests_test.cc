// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/retention_tests.h"

#include <gtest/gtest.h>

#include "tests/core/policy/retention_story.h"

namespace rollout {
namespace {

using enum RuleKind;

Instant when(std::string_view text) {
  return parse_rfc3339(text).value();
}

/// Versions 1 to 3: the first served long ago, the second serves.
RetentionTest three_versions() {
  RetentionTest test{.name = "three",
                     .now = when("2026-03-10T12:00:00Z"),
                     .versions = {},
                     .keep = {},
                     .remove = {}};
  test.versions = {{.number = 1,
                    .created_on = when("2026-02-01T09:00:00Z"),
                    .live = {{when("2026-02-01T10:00:00Z"), when("2026-03-01T10:00:00Z")}}},
                   {.number = 2,
                    .created_on = when("2026-03-01T09:00:00Z"),
                    .live = {{when("2026-03-01T10:00:00Z")}}},
                   {.number = 3, .created_on = when("2026-03-09T09:00:00Z")},
                   {.number = 4, .created_on = when("2026-03-09T10:00:00Z")}};
  return test;
}

Lines faults_of(RetentionTest test, std::vector<KeepRule> rules) {
  RetentionPolicy policy = policy_of(std::move(rules));
  policy.tests = {std::move(test)};
  const auto results = run_tests(policy);
  EXPECT_EQ(results.size(), 1U);
  return results.at(0).faults;
}

TEST(RetentionTests, PassWhereEachVersionEndsAsExpected) {
  RetentionTest test = three_versions();
  test.keep = {1, 2, 4};
  test.remove = {3};
  EXPECT_EQ(faults_of(test, {keep(last, {"1"})}), Lines{});
}

TEST(RetentionTests, TellEachVersionThatEndsOtherwise) {
  RetentionTest test = three_versions();
  test.keep = {3};
  test.remove = {1, 2};
  EXPECT_EQ(faults_of(test, {keep(last, {"1"})}),
            (Lines{"version 3 is deleted, not kept: nothing keeps it in all",
                   "version 2 is kept, not deleted: in-deployment",
                   "version 1 is kept, not deleted: rollback 1/2"}));
}

TEST(RetentionTests, KnowPinsForeignVersionsAndMissingDates) {
  RetentionTest test = three_versions();
  test.versions[2].pinned = true;
  test.versions.push_back({.number = 5, .foreign = true});
  test.versions.push_back({.number = 6});
  test.remove = {3, 5, 6};
  EXPECT_EQ(faults_of(test, {keep(last, {"1"})}),
            (Lines{"version 6 is kept, not deleted: bad-timestamp",
                   "version 5 is kept, not deleted: bad-timestamp, foreign",
                   "version 3 is kept, not deleted: pinned"}));
}

TEST(RetentionTests, GiveVersionsThatServeAtOnceTheirShares) {
  RetentionTest test = three_versions();
  test.versions[0].live[0].to.reset();
  test.remove = {1};
  // Alone for a month, then with half of the traffic.
  EXPECT_EQ(faults_of(test, {keep(stable, {"1"})}),
            Lines{"version 1 is kept, not deleted: stable 1/1, in-deployment"});
}

TEST(RetentionTests, KnowNothingOfWhatComesAfterTheirTime) {
  RetentionTest test = three_versions();
  test.versions[2].live = {{when("2026-03-10T13:00:00Z")}};
  test.remove = {3};
  EXPECT_EQ(faults_of(test, {keep(last, {"1"})}), Lines{});
}

struct Told {
  const char* name;
  Reason reason;
  const char* text;
  const char* end;
};

class ReasonText : public testing::TestWithParam<Told> {};

TEST_P(ReasonText, TellsWhatHoldsAndWhatEndsIt) {
  EXPECT_EQ(reason_text(GetParam().reason), GetParam().text);
  EXPECT_EQ(end_text(GetParam().reason), GetParam().end);
}

Reason by_rule(std::string rule, std::optional<std::uint32_t> ordinal, std::string limit,
               std::string bucket = {}) {
  return {ReasonCode::rule,  "all", std::move(rule), ordinal, std::move(limit),
          std::move(bucket), {}};
}

Reason by_code(ReasonCode code, std::optional<std::uint32_t> ordinal = {}, std::string limit = {}) {
  return {code, "", "", ordinal, std::move(limit), "", {}};
}

INSTANTIATE_TEST_SUITE_P(
    All, ReasonText,
    testing::Values(
        Told{"Last", by_rule("last", 2, "5"), "last 2/5", "4 newer versions come into its group"},
        Told{"LastOne", by_rule("last", 5, "5"), "last 5/5",
             "one newer version comes into its group"},
        Told{"LastAll", by_rule("last", 2, "all"), "last 2/all", ""},
        Told{"Daily", by_rule("daily", 3, "14", "2026-11-02"), "daily 3/14 2026-11-02",
             "12 newer periods have a version, or a newer version comes into 2026-11-02"},
        Told{"DailyAll", by_rule("daily", 3, "all", "2026-11-02"), "daily 3/all 2026-11-02",
             "a newer version comes into 2026-11-02"},
        Told{"Weekly", by_rule("weekly", {}, "8w", "2026-W44"), "weekly 8w 2026-W44",
             "newer versions leave 2026-W44 more than 8w behind, or one comes into it"},
        Told{"Within", by_rule("within", {}, "14d"), "within 14d",
             "a version more than 14d newer comes into its group"},
        Told{"Deployed", by_rule("deployed", 1, "1"), "deployed 1/1",
             "one other version of its group serves after it"},
        Told{"DeployedNow", by_rule("deployed", {}, "30d"), "deployed 30d", "it serves no longer"},
        Told{"Stable", by_rule("stable", 1, "2"), "stable 1/2",
             "2 other versions of its group are stable after it"},
        Told{"StableNow", by_rule("stable", {}, "30d"), "stable 30d",
             "it serves all traffic no longer"},
        Told{"Tagged", by_rule("tagged", {}, "v*"), "tagged v*", ""},
        Told{"Floor", by_code(ReasonCode::floor), "floor", "a newer version comes into its group"},
        Told{"FloorOfTwo", by_code(ReasonCode::floor, 1, "2"), "floor 1/2",
             "2 newer versions come into its group"},
        Told{"Rollback", by_code(ReasonCode::rollback, 1, "2"), "rollback 1/2",
             "2 other versions are stable after it and served before"},
        Told{"Pinned", by_code(ReasonCode::pinned), "pinned", "it is unpinned"},
        Told{"PinnedByPattern", by_code(ReasonCode::pinned, {}, "keep-*"), "pinned keep-*", ""},
        Told{"InDeployment", by_code(ReasonCode::in_deployment), "in-deployment",
             "it is deployed no longer"},
        Told{"OnDisk", by_code(ReasonCode::on_disk), "on-disk", "its build leaves the disk"},
        Told{"Foreign", by_code(ReasonCode::foreign), "foreign", "the policy's scope becomes all"},
        Told{"NoGroup", by_code(ReasonCode::no_group), "no-group",
             "the policy gets a group that matches it"},
        Told{"Refused", by_code(ReasonCode::refused), "refused",
             "a day has passed since, or the Worker is resumed"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(ReasonTextOfADate, LeavesTheEndToADateWhereThereIsOne) {
  Reason reason = by_rule("within", {}, "14d");
  reason.until = when("2026-03-10T12:00:00Z");
  EXPECT_EQ(reason_text(reason), "within 14d until 2026-03-10T12:00:00Z");
  EXPECT_EQ(end_text(reason), "");
}

}  // namespace
}  // namespace rollout
