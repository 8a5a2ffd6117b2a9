// SPDX-License-Identifier: Apache-2.0
// What is always on, one protection a test. (policies.md, statement 14)
#include <gtest/gtest.h>

#include "tests/core/policy/retention_story.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using enum RuleKind;

constexpr auto kDay = 24h;

/// Keeps the newest alone, so that everything else needs a protection.
RetentionPolicy strict() {
  return policy_of({keep(last, {"1"})});
}

TEST(Protection, KeepsDeployedVersionHoweverOld) {
  const Story story({a_version(9), a_version(1).aged(900 * kDay).deployed()});
  EXPECT_EQ(lines(story.judge(strict())), (Lines{"9: last 1/1, floor", "1: in-deployment"}));
}

TEST(Protection, KeepsBothVersionsOfARunningSplit) {
  const Story story(
      {a_version(9), a_version(2).deployed_since(9h, 99.5), a_version(1).deployed_since(9h, 0.5)});
  EXPECT_EQ(kept(story.judge(strict())), (Numbers{9, 2, 1}));
}

TEST(Protection, KeepsACurrentVersionWithAShareOfZero) {
  Story story({a_version(9), a_version(1)});
  story.deployments.deployments = {
      a_deployment(kNow - 1h, {{version_id(9), 100}, {version_id(1), 0}})};
  EXPECT_EQ(lines(story.judge(strict()))[1], "1: in-deployment");
}

TEST(Protection, KeepsTheCurrentDeploymentAlsoWithoutADate) {
  Story story({a_version(9), a_version(1)});
  story.deployments.deployments = {a_deployment(std::nullopt, {{version_id(1), 100}})};
  EXPECT_EQ(lines(story.judge(strict()))[1], "1: in-deployment");
}

TEST(Protection, KeepsPinnedVersionsByCommandAndByPattern) {
  Story story({a_version(9), a_version(3).tagged("keep-this"), a_version(2), a_version(1)});
  story.history.pinned = {version_id(2), version_id(3), version_id(77)};
  auto policy = strict();
  policy.protect.pin = {pattern("keep-*"), pattern("*this")};
  EXPECT_EQ(
      lines(story.judge(policy)),
      (Lines{"9: last 1/1, floor", "3: pinned, pinned keep-*, pinned *this", "2: pinned", "1:"}));
}

// Promise 13: everything younger than min_age stays.
TEST(Protection, KeepsWhatIsYoungerThanMinAgeByItsDate) {
  const Story story({a_version(9), a_version(2).aged(1h - 1ms), a_version(1).aged(1h)});
  auto policy = strict();
  policy.protect.min_age = Protections().min_age;
  EXPECT_EQ(lines(story.judge(policy)),
            (Lines{"9: last 1/1, floor", "2: min-age 1h until 2026-03-10T12:00:00.001Z", "1:"}));
}

TEST(Protection, KeepsWhatWasFirstSeenWithinMinAge) {
  Story story({a_version(9), a_version(3).aged(30min), a_version(2).aged(2 * kDay),
               a_version(1).aged(2 * kDay)});
  story.history.first_seen = {
      {version_id(3), kNow - 40min}, {version_id(2), kNow - 20min}, {version_id(1), kNow - 1h}};
  auto policy = strict();
  policy.protect.min_age = *parse_duration("1h");
  EXPECT_EQ(lines(story.judge(policy)),
            (Lines{"9: last 1/1, floor", "3: min-age 1h until 2026-03-10T12:30:00Z",
                   "2: min-age 1h until 2026-03-10T12:40:00Z", "1:"}));
}

TEST(Protection, CountsMinAgeOnTheCalendar) {
  const auto born = *parse_rfc3339("2026-02-28T12:00:00Z");
  const Story story({a_version(9).aged(60 * kDay), a_version(1).created(born)});
  auto policy = strict();
  policy.protect.min_age = *parse_duration("1mo");
  EXPECT_EQ(lines(story.judge(policy))[1], "1: min-age 1mo until 2026-03-28T12:00:00Z");
  EXPECT_EQ(kept(story.judge(policy, *parse_rfc3339("2026-03-28T12:00:00Z"))), (Numbers{9}));
}

TEST(Protection, KeepsTheLastStableVersionsThatAreNotCurrent) {
  const Story story({a_version(6).aged(1h).deployed(), a_version(5).served(2h, 1h),
                     a_version(4).served(3h, 2h), a_version(3).served(4h, 3h), a_version(2),
                     a_version(1)});
  EXPECT_EQ(lines(story.judge(strict())),
            (Lines{"6: last 1/1, floor, in-deployment", "5: rollback 1/2", "4: rollback 2/2",
                   "3:", "2:", "1:"}));
}

TEST(Protection, FailedDeploysDoNotEvictTheRollbackTarget) {
  // 4 and 5 had all traffic for a few minutes each; 3 had half of it, however long.
  const Story story({a_version(6).aged(1h).deployed(), a_version(5).served(64min, 60min),
                     a_version(4).served(75min, 60min + 1s + 14min),
                     a_version(3).served(30h, 20h, 50), a_version(2).served(40h, 30h),
                     a_version(1).served(50h, 40h)});
  EXPECT_EQ(lines(story.judge(strict())), (Lines{"6: last 1/1, floor, in-deployment", "5:", "4:",
                                                 "3:", "2: rollback 1/2", "1: rollback 2/2"}));
}

TEST(Protection, TheSoakIsOneStretchAndItsEndCounts) {
  const Story story({a_version(9).aged(1h).deployed(),
                     a_version(2).served(30h, 30h - 10min).served(20h, 20h - 10min),
                     a_version(1).served(10h, 10h - 15min)});
  EXPECT_EQ(lines(story.judge(strict())),
            (Lines{"9: last 1/1, floor, in-deployment", "2:", "1: rollback 1/2"}));
}

TEST(Protection, TheCurrentVersionTakesNoPlaceOfARollback) {
  const Story story({a_version(9), a_version(2).aged(9h).served(9h, 6h).deployed_since(5h),
                     a_version(1).served(6h, 5h)});
  auto policy = strict();
  policy.protect.rollback = 1;
  EXPECT_EQ(lines(story.judge(policy)),
            (Lines{"9: last 1/1, floor", "2: in-deployment", "1: rollback 1/1"}));
}

TEST(Protection, ForeignAndUndatedVersionsTakeNoPlaceOfARollback) {
  const Story story({a_version(9), a_version(3).served(5h, 4h).foreign(),
                     a_version(2).created(std::nullopt).served(6h, 5h),
                     a_version(1).served(7h, 6h)});
  auto policy = strict();
  policy.protect.rollback = 1;
  EXPECT_EQ(lines(story.judge(policy)),
            (Lines{"9: last 1/1, floor", "3: foreign", "2: bad-timestamp", "1: rollback 1/1"}));
}

TEST(Protection, KeepsTheVersionOfABuildOnDisk) {
  Story story({a_version(9), a_version(2), a_version(1)});
  story.history.on_disk = {digest_of(2)};
  EXPECT_EQ(lines(story.judge(strict())), (Lines{"9: last 1/1, floor", "2: on-disk", "1:"}));
  auto all = strict();
  all.scope = Scope::all;
  EXPECT_EQ(lines(story.judge(all))[1], "2: on-disk");
}

TEST(Protection, KeepsWhatCloudflareRefusedToDelete) {
  Story story({a_version(9), a_version(1)});
  story.history.refused = {version_id(1)};
  EXPECT_EQ(lines(story.judge(strict()))[1], "1: refused");
}

TEST(Protection, AddsItsReasonsToKeptVersionsInOneOrder) {
  Story story({a_version(9), a_version(1).created(std::nullopt).foreign().deployed_since(3h)});
  story.history.pinned = {version_id(1)};
  story.history.refused = {version_id(1)};
  story.history.first_seen = {{version_id(1), kNow - 1min}};
  auto policy = strict();
  policy.protect.min_age = *parse_duration("1h");
  EXPECT_EQ(lines(story.judge(policy))[1],
            "1: in-deployment, pinned, min-age 1h until 2026-03-10T12:59:00Z, bad-timestamp, "
            "foreign, refused");
}

TEST(NextChange, IsTheFirstEndOfAReasonAfterNow) {
  Story story({a_version(9), a_version(3).aged(30min), a_version(2).aged(45min), a_version(1)});
  auto policy = strict();
  policy.protect.min_age = *parse_duration("1h");
  const auto verdicts = story.judge(policy);
  EXPECT_EQ(next_change(verdicts, kNow), kNow + 15min);
  EXPECT_EQ(next_change(verdicts, kNow + 15min), kNow + 30min);
  EXPECT_EQ(next_change(verdicts, kNow + 30min), std::nullopt);
  EXPECT_EQ(kept(story.judge(policy, kNow + 15min)), (Numbers{9, 3}));
}

TEST(Verdict, TellsWhatItIsAbout) {
  const Story story({a_version(9), a_version(1).aged(3h).tagged("v1").foreign()});
  const auto verdict = story.judge(strict()).at(1);
  EXPECT_EQ(verdict.version, version_id(1));
  EXPECT_EQ(verdict.tag, "v1");
  EXPECT_EQ(verdict.created_on, kNow - 3h);
  EXPECT_FALSE(verdict.in_scope);
  EXPECT_EQ(verdict.group, "");
}

}  // namespace
}  // namespace rollout
