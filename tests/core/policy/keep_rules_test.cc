// SPDX-License-Identifier: Apache-2.0
// The rules and the statements of policies.md, one by one.
#include "daemon/core/policy/keep_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/core/policy/conformance.h"
#include "tests/core/policy/retention_story.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using enum RuleKind;

constexpr auto kDay = 24h;

Instant when(std::string_view text) {
  return *parse_rfc3339(text);
}

TEST(Retention, TheOrderOfTheListHasNoEffect) {  // Statement 1
  std::vector<VersionBuilder> builders{
      a_version(1).aged(9 * kDay).served(9 * kDay, 3 * kDay), a_version(2).aged(8 * kDay),
      a_version(3).aged(7 * kDay).tagged("v3"), a_version(4).aged(3 * kDay).deployed()};
  const auto policy = policy_of({keep(last, {"1"}), keep(tagged, {"v*"}), keep(deployed, {"2"})});
  const auto expected = lines(Story(builders).judge(policy));
  std::sort(builders.begin(), builders.end(),
            [](const auto& a, const auto& b) { return a.version().id < b.version().id; });
  EXPECT_EQ(lines(Story(builders).judge(policy)), expected);
  std::reverse(builders.begin(), builders.end());
  EXPECT_EQ(lines(Story(builders).judge(policy)), expected);
}

TEST(Retention, RanksByNumberAndNeverByDate) {  // Statement 2
  const Story story(
      {a_version(1).aged(1 * kDay), a_version(2).aged(5 * kDay), a_version(3).aged(9 * kDay)});
  EXPECT_EQ(lines(story.judge(policy_of({keep(last, {"2"})}))),
            (Lines{"3: last 1/2, floor", "2: last 2/2", "1:"}));
}

TEST(Retention, BreaksATieOfNumbersById) {  // Statement 2
  Story story({a_version(1), a_version(2), a_version(3)});
  for (Version& version : story.versions) version.number = 7;
  const auto verdicts = story.judge(policy_of({keep(last, {"1"})}));
  const auto least =
      std::min_element(story.versions.begin(), story.versions.end(),
                       [](const Version& a, const Version& b) { return a.id < b.id; });
  EXPECT_EQ(verdicts[0].version, least->id);
  EXPECT_EQ(kept(verdicts).size(), 1U);
}

struct Undated {
  const char* name;
  std::optional<Instant> created_on;
  const char* line;
};

class UndatedVersion : public testing::TestWithParam<Undated> {};

TEST_P(UndatedVersion, IsKeptAndTakesNoSlotAndMovesNoAnchor) {  // Statement 3
  const Story story({a_version(3).created(GetParam().created_on), a_version(2).aged(40 * kDay),
                     a_version(1).aged(45 * kDay)});
  EXPECT_EQ(lines(story.judge(policy_of({keep(last, {"1"}), keep(within, {"3d"})}))),
            (Lines{GetParam().line, "2: last 1/1, within 3d, floor", "1:"}));
}

INSTANTIATE_TEST_SUITE_P(
    All, UndatedVersion,
    testing::Values(Undated{"NoDate", std::nullopt, "3: bad-timestamp"},
                    Undated{"Epoch", Instant(0ms), "3: bad-timestamp"},
                    Undated{"Before2010", *parse_rfc3339("2009-12-31T23:59:59Z"),
                            "3: bad-timestamp"},
                    Undated{"JustTooFarAhead", kNow + 5min + 1ms,
                            "3: bad-timestamp until 2026-03-10T12:00:00.001Z"},
                    Undated{"YearsAhead", *parse_rfc3339("2030-01-01T00:00:00Z"),
                            "3: bad-timestamp until 2029-12-31T23:55:00Z"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Retention, JudgesDatesFrom2010ToFiveMinutesAhead) {  // Statement 3
  const Story story({a_version(2).created(kNow + 5min),
                     a_version(1).created(*parse_rfc3339("2010-01-01T00:00:00Z"))});
  EXPECT_EQ(lines(story.judge(policy_of({keep(last, {"1"})}))),
            (Lines{"2: last 1/1, floor, min-age 0s until 2026-03-10T12:05:00Z", "1:"}));
}

TEST(Retention, TakesTheAnchorFromNoDateAfterNow) {  // Statement 7
  const Story story({a_version(2).created(kNow + 4min), a_version(1).aged(40 * kDay)});
  EXPECT_EQ(kept(story.judge(policy_of({keep(within, {"1d"})}))), (Numbers{2, 1}));
}

TEST(Retention, KeepsWhatIsAfterNowInTheWindow) {  // Statement 8
  const Story story({a_version(2).created(kNow + 2min), a_version(1).created(kNow + 1min)});
  EXPECT_EQ(lines(story.judge(policy_of({keep(within, {"1h"})}), kNow))[1],
            "1: within 1h, min-age 0s until 2026-03-10T12:01:00Z");
}

// Promise 11: with the default scope, only versions that carry our trailer can go.
TEST(Retention, KeepsForeignVersionsWithoutASlotOrAnchor) {  // Statement 4
  const Story story({a_version(4).aged(1 * kDay).foreign(), a_version(3).aged(40 * kDay),
                     a_version(2).aged(41 * kDay), a_version(1).aged(90 * kDay).foreign()});
  EXPECT_EQ(lines(story.judge(policy_of({keep(last, {"1"}), keep(within, {"12h"})}))),
            (Lines{"4: foreign", "3: last 1/1, within 12h, floor", "2:", "1: foreign"}));
}

TEST(Retention, JudgesForeignVersionsWhereTheScopeIsAll) {  // Statement 4
  const Story story({a_version(2).foreign(), a_version(1).foreign()});
  auto policy = policy_of({keep(last, {"1"})});
  policy.scope = Scope::all;
  EXPECT_EQ(lines(story.judge(policy)), (Lines{"2: last 1/1, floor", "1:"}));
}

TEST(Retention, GivesAVersionToTheFirstGroupThatMatches) {  // Statement 4
  const Story story(
      {a_version(3).tagged("v3"), a_version(2).tagged("v2"), a_version(1).tagged("pr-1")});
  const auto verdicts =
      story.judge(policy_of({group("release", {"v*"}, {keep(last, {"1"})}),
                             group("both", {"pr-*", "v*"}, {keep(last, {"1"})})}));
  EXPECT_EQ(lines(verdicts), (Lines{"3: last 1/1, floor", "2:", "1: last 1/1, floor"}));
  EXPECT_EQ(verdicts[1].group, "release");
  EXPECT_EQ(verdicts[2].group, "both");
  EXPECT_EQ(verdicts[2].reasons.at(0).group, "both");
}

TEST(Retention, KeepsWhatNoGroupMatches) {  // Statement 4
  const Story story({a_version(2).tagged("v2"), a_version(1)});
  const auto verdicts = story.judge(policy_of({group("release", {"v*"}, {keep(last, {"1"})})}));
  EXPECT_EQ(lines(verdicts), (Lines{"2: last 1/1, floor", "1: no-group"}));
  EXPECT_EQ(verdicts[1].group, "");
}

TEST(Retention, GroupsShareNoCountsAndNoAnchor) {  // Statement 5
  const Story story({a_version(6).tagged("pr-6").aged(1h), a_version(5).tagged("pr-5").aged(2h),
                     a_version(4).tagged("v4").aged(40 * kDay),
                     a_version(3).tagged("v3").aged(40 * kDay + 1h),
                     a_version(2).tagged("v2").aged(50 * kDay)});
  EXPECT_EQ(
      lines(story.judge(
          policy_of({group("release", {"v*"}, {keep(last, {"1"}), keep(within, {"1d"})}),
                     group("rest", {}, {keep(last, {"1"})})}))),
      (Lines{"6: last 1/1, floor", "5:", "4: last 1/1, within 1d, floor", "3: within 1d", "2:"}));
}

TEST(Retention, ProtectionsTakeNoSlots) {  // Statement 5
  // The rules see the protected ones too: 4 has the slot of `last: 1`, and 3 gets none in its
  // place.
  Story story({a_version(4), a_version(3), a_version(2).deployed(), a_version(1)});
  story.history.pinned = {version_id(4)};
  EXPECT_EQ(lines(story.judge(policy_of({keep(last, {"2"})}))),
            (Lines{"4: last 1/2, floor, pinned", "3: last 2/2", "2: in-deployment", "1:"}));
}

TEST(Retention, KeepsTheUnionAndNamesEveryHit) {  // Statement 6
  const Story story({a_version(3).aged(1h).tagged("v3"), a_version(2).aged(2 * kDay),
                     a_version(1).aged(3 * kDay).tagged("v1")});
  EXPECT_EQ(lines(story.judge(
                policy_of({keep(last, {"1"}), keep(within, {"50h"}), keep(tagged, {"v*", "*3"})}))),
            (Lines{"3: last 1/1, within 2d2h, tagged v*, tagged *3, floor", "2: within 2d2h",
                   "1: tagged v*"}));
}

TEST(Retention, TakesAListOfValuesAsTheirUnion) {
  const Story story({a_version(3).aged(1h), a_version(2).aged(2h).served(2h, 1h),
                     a_version(1).aged(9 * kDay).served(9 * kDay, 8 * kDay)});
  EXPECT_EQ(lines(story.judge(policy_of({keep(deployed, {"1", "30d"})}))),
            (Lines{"3: floor",
                   "2: deployed 1/1, deployed 30d until 2026-04-09T11:00:00.001Z, "
                   "rollback 1/2",
                   "1: deployed 30d until 2026-04-01T12:00:00.001Z, rollback 2/2"}));
}

TEST(Retention, AnIdleWorkerLosesNothing) {  // Statement 7
  const Story story({a_version(2).aged(400 * kDay), a_version(1).aged(405 * kDay)});
  EXPECT_EQ(kept(story.judge(policy_of({keep(within, {"7d"})}))), (Numbers{2, 1}));
}

TEST(Retention, TheEdgeOfAWindowIsInside) {  // Statement 8
  const Story story(
      {a_version(3).aged(0h), a_version(2).aged(7 * kDay), a_version(1).aged(7 * kDay + 1ms)});
  EXPECT_EQ(kept(story.judge(policy_of({keep(within, {"7d"})}))), (Numbers{3, 2}));
}

TEST(Retention, AMonthIsOfTheCalendarAndClamped) {  // Statements 8 and 11
  const auto at = [](std::string_view text) { return *parse_rfc3339(text); };
  const Story story({a_version(3).created(at("2026-03-31T12:00:00Z")),
                     a_version(2).created(at("2026-02-28T12:00:00Z")),
                     a_version(1).created(at("2026-02-28T11:59:59Z"))});
  EXPECT_EQ(kept(story.judge(policy_of({keep(within, {"1mo"})}), at("2026-04-01T00:00:00Z"))),
            (Numbers{3, 2}));
}

TEST(Retention, DeployedCountsTheLatestEndOfService) {  // Statement 12
  const Story story({a_version(5).aged(10 * kDay), a_version(4).aged(10 * kDay).served(9h, 8h, 40),
                     a_version(3).aged(10 * kDay).served(20h, 19h),
                     a_version(2).aged(10 * kDay).served(30h, 29h),
                     a_version(1).aged(10 * kDay).served(40h, 39h).served(7h, 5h)});
  auto policy = policy_of({keep(deployed, {"2"})});
  policy.protect.rollback = 1;
  EXPECT_EQ(lines(story.judge(policy)),
            (Lines{"5: floor", "4: deployed 2/2", "3:", "2:", "1: deployed 1/2, rollback 1/1"}));
}

TEST(Retention, DeployedBreaksTiesByRank) {  // Statement 12
  const Story story(
      {a_version(3), a_version(1).served(9h, 8h, 40), a_version(2).served(9h, 8h, 60)});
  EXPECT_EQ(kept(story.judge(policy_of({keep(deployed, {"1"})}))), (Numbers{3, 2}));
}

TEST(Retention, WhatServesOnComesBeforeWhatEndedJustNow) {  // Statement 12
  const Story story({a_version(3), a_version(2).served(9h, 0h), a_version(1).deployed_since(0h)});
  EXPECT_EQ(lines(story.judge(policy_of({keep(deployed, {"1"})})))[2],
            "1: deployed 1/1, in-deployment");
}

TEST(Retention, AShareOfZeroServesNoTraffic) {  // Statement 12
  const Story story(
      {a_version(3), a_version(2).served(9h, 8h, 0), a_version(1).served(9h, 8h, 100)});
  auto policy = policy_of({keep(deployed, {"2"})});
  EXPECT_EQ(lines(story.judge(policy)), (Lines{"3: floor", "2:", "1: deployed 1/2, rollback 1/2"}));
}

TEST(Retention, DeployedKeepsWhatServedInTheWindow) {  // Statement 12
  const Story story({a_version(5).aged(90 * kDay), a_version(4).aged(90 * kDay).deployed(),
                     a_version(3).aged(90 * kDay).served(31 * kDay, 30 * kDay, 1),
                     a_version(2).aged(90 * kDay).served(31 * kDay, 30 * kDay + 1ms, 1)});
  EXPECT_EQ(lines(story.judge(policy_of({keep(deployed, {"30d"})}))),
            (Lines{"5: floor", "4: deployed 30d, in-deployment",
                   "3: deployed 30d until 2026-03-10T12:00:00.001Z", "2:"}));
}

TEST(Retention, DeploymentsAfterNowHaveNotServedYet) {  // Statement 12
  const Story story({a_version(2), a_version(1).served(-1h, -2h), a_version(3).served(9h, 8h)});
  EXPECT_EQ(kept(story.judge(policy_of({keep(deployed, {"9", "9d"})}))), (Numbers{3}));
}

TEST(Retention, KeepsTheNewestOfEveryGroup) {  // Statement 13
  const Story story(
      {a_version(3).tagged("v3"), a_version(2).tagged("pr-2"), a_version(1).tagged("pr-1")});
  EXPECT_EQ(lines(story.judge(policy_of({group("release", {"v*"}, {keep(deployed, {"1"})}),
                                         group("rest", {}, {keep(deployed, {"1"})})}))),
            (Lines{"3: floor", "2: floor", "1:"}));
}

TEST(Retention, KeepsTheNewestOfEachBucketWithItsOrdinal) {  // Statements 6 and 9
  const Story story({a_version(5).created(when("2026-03-10T09:00:00Z")),
                     a_version(4).created(when("2026-03-10T08:00:00Z")),
                     a_version(3).created(when("2026-03-07T23:59:59Z")),
                     a_version(2).created(when("2026-03-07T00:00:00Z")),
                     a_version(1).created(when("2026-03-01T00:00:00Z"))});
  EXPECT_EQ(lines(story.judge(policy_of({keep(daily, {"2"})}))),
            (Lines{"5: daily 1/2 2026-03-10, floor", "4:", "3: daily 2/2 2026-03-07", "2:", "1:"}));
  EXPECT_EQ(lines(story.judge(policy_of({keep(weekly, {"all"}), keep(yearly, {"1"})}))),
            (Lines{"5: weekly 1/all 2026-W11, yearly 1/1 2026, floor",
                   "4:", "3: weekly 2/all 2026-W10", "2:", "1: weekly 3/all 2026-W09"}));
}

TEST(Retention, ABucketRuleWalksByDateAndNotByNumber) {  // Statement 9
  const Story story({a_version(3).created(when("2026-03-08T09:00:00Z")),
                     a_version(2).created(when("2026-03-10T09:00:00Z")),
                     a_version(1).created(when("2026-03-10T08:00:00Z"))});
  EXPECT_EQ(lines(story.judge(policy_of({keep(daily, {"1"})}))),
            (Lines{"3: floor", "2: daily 1/1 2026-03-10", "1:"}));
}

TEST(Retention, ADurationKeepsWholeBuckets) {  // Statement 9
  // A day before the newest is 9 March 12:00; its day began at midnight.
  const Story story({a_version(4).created(when("2026-03-10T12:00:00Z")),
                     a_version(3).created(when("2026-03-09T00:00:00Z")),
                     a_version(2).created(when("2026-03-08T23:59:59Z")),
                     a_version(1).created(when("2026-03-07T12:00:00Z"))});
  EXPECT_EQ(lines(story.judge(policy_of({keep(daily, {"1d"})}))),
            (Lines{"4: daily 1d 2026-03-10, floor", "3: daily 1d 2026-03-09", "2:", "1:"}));
}

TEST(Retention, ADayThatAClockSetBackReturnsToIsOneDay) {  // Statement 10
  // St John's set its clocks back at one minute past midnight: 6 November came again.
  auto policy = policy_of({keep(daily, {"all"})});
  policy.timezone = Zone::find("America/St_Johns").value();
  const Story story({a_version(4).created(when("2010-11-07T12:00:00Z")),
                     a_version(3).created(when("2010-11-07T03:00:00Z")),
                     a_version(2).created(when("2010-11-07T02:30:30Z")),
                     a_version(1).created(when("2010-11-07T02:00:00Z"))});
  EXPECT_EQ(lines(story.judge(policy)),
            (Lines{"4: daily 1/all 2010-11-07, floor", "3: daily 2/all 2010-11-06", "2:", "1:"}));
}

TEST(Retention, AnAnchorAtNowMovesWithTime) {  // Statement 7
  auto policy = policy_of({keep(within, {"2d"}), keep(daily, {"3d"})});
  policy.groups[0].anchor = Anchor::now;
  const Story story({a_version(2).aged(36h), a_version(1).aged(80h)});
  EXPECT_EQ(lines(story.judge(policy)),
            (Lines{"2: within 2d until 2026-03-11T00:00:00.001Z, daily 3d 2026-03-09 until "
                   "2026-03-13T00:00:00Z, floor",
                   "1: daily 3d 2026-03-07 until 2026-03-11T00:00:00Z"}));
}

TEST(Retention, KeepsMinKeepOfEachGroup) {  // Statement 13
  const Story story(
      {a_version(3).aged(90 * kDay), a_version(2).aged(91 * kDay), a_version(1).aged(92 * kDay)});
  auto policy = policy_of({keep(within, {"1d"})});
  policy.groups[0].anchor = Anchor::now;
  policy.groups[0].min_keep = 2;
  EXPECT_EQ(lines(story.judge(policy)), (Lines{"3: floor 1/2", "2: floor 2/2", "1:"}));
  policy.groups[0].min_keep = 0;
  EXPECT_EQ(kept(story.judge(policy)), Numbers{});
}

TEST(Retention, EveryCapturedValueIsItsOwnGroup) {  // Statement 4
  const Story story({a_version(5).tagged("pr-7-e"), a_version(4).tagged("pr-8-d"),
                     a_version(3).tagged("pr-7-c"), a_version(2).tagged("pr-8-b"),
                     a_version(1).tagged("main")});
  auto policy = policy_of({group("preview", {"pr-<pr>-*"}, {keep(last, {"1"})})});
  policy.groups[0].per = "pr";
  const auto verdicts = story.judge(policy);
  EXPECT_EQ(lines(verdicts),
            (Lines{"5: last 1/1, floor", "4: last 1/1, floor", "3:", "2:", "1: no-group"}));
  EXPECT_EQ(verdicts[0].group, "preview/7");
  EXPECT_EQ(verdicts[1].reasons.at(0).group, "preview/8");
  EXPECT_EQ(find_group(policy, "preview/8"), &policy.groups[0]);
  EXPECT_EQ(find_group(policy, "rest"), nullptr);
}

TEST(Retention, StableCountsThoseThatSoaked) {  // Statement 12
  const Story story({a_version(5).aged(9 * kDay).deployed_since(10min),
                     a_version(4).aged(9 * kDay).served(9h, 9h - 14min),
                     a_version(3).aged(9 * kDay).served(20h, 19h),
                     a_version(2).aged(9 * kDay).served(30h, 29h),
                     a_version(1).aged(9 * kDay).served(50h, 40h, 99)});
  auto policy = policy_of({keep(stable, {"1", "1d"})});
  policy.protect.rollback = 1;
  // Once 5 has soaked, it is the one.
  EXPECT_EQ(lines(story.judge(policy)),
            (Lines{"5: floor, in-deployment", "4:",
                   "3: stable 1/1 until 2026-03-10T12:05:00Z, stable 1d until "
                   "2026-03-10T17:00:00.001Z, rollback 1/1",
                   "2:", "1:"}));
}

TEST(Retention, WhatIsStableNowStaysInTheWindow) {  // Statement 12
  const Story story({a_version(2).aged(90 * kDay), a_version(1).aged(90 * kDay).deployed()});
  EXPECT_EQ(lines(story.judge(policy_of({keep(stable, {"all", "1d"})}))),
            (Lines{"2: floor", "1: stable 1/all, stable 1d, in-deployment"}));
}

TEST(Retention, AllKeepsAll) {
  const Story story({a_version(2), a_version(1)});
  EXPECT_EQ(lines(story.judge(policy_of({keep(last, {"all"})}))),
            (Lines{"2: last 1/all, floor", "1: last 2/all"}));
}

TEST(Retention, AgreesWithTheSelectionCasesOfTheConformanceData) {
  const auto cases = conformance("calendar_cases.json");
  ASSERT_EQ(cases.at("selection_cases").size(), 12U);
  const std::map<std::string, RuleKind> kinds{{"last", last},     {"within", within},
                                              {"hourly", hourly}, {"daily", daily},
                                              {"weekly", weekly}, {"monthly", monthly}};
  for (const auto& item : cases.at("selection_cases")) {
    std::vector<KeepRule> rules;
    for (const auto& [rule, value] : item.at("keep").items()) {
      rules.push_back(
          keep(kinds.at(rule), {value.is_string() ? value.get<std::string>() : value.dump()}));
    }
    std::vector<VersionBuilder> builders;
    for (const auto& version : item.at("versions")) {
      builders.push_back(a_version(version.at("number").get<std::uint64_t>())
                             .created(parse_rfc3339(version.at("created_on").get<std::string>())));
    }
    auto policy = policy_of(rules);
    policy.timezone = Zone::find(item.at("zone").get<std::string>()).value();
    if (item.at("anchor") == "now") policy.groups[0].anchor = Anchor::now;
    auto numbers =
        kept(Story(builders).judge(policy, *parse_rfc3339(item.at("now").get<std::string>())));
    std::sort(numbers.begin(), numbers.end());
    EXPECT_EQ(nlohmann::json(numbers), item.at("expected_keep")) << item.at("name");
  }
}

}  // namespace
}  // namespace rollout
