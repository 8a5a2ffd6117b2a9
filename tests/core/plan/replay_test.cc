// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/replay.h"

#include <gtest/gtest.h>

#include "daemon/core/policy/reason_text.h"
#include "tests/support/an_observation.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

constexpr Millis kDay = 24h;

RetentionPolicy keep_last(std::uint32_t count) {
  RetentionPolicy policy;
  policy.name = PolicyName("p");
  policy.hash = "h";
  policy.groups = {{.name = "all", .match = {}, .keep = {{RuleKind::last, {Count{count}}, {}}}}};
  policy.protect = {.min_age = {}, .rollback = 1, .soak = {.exact = 15min}, .pin = {}};
  policy.limits = {.max_deletes = 20, .max_percent = 100, .grace = {}};
  return policy;
}

/// A version a day; version 1 is `days` old.
std::vector<VersionBuilder> one_a_day(std::uint64_t days) {
  std::vector<VersionBuilder> all;
  for (std::uint64_t number = 1; number <= days; ++number) {
    all.push_back(a_version(number).aged((days + 1 - number) * kDay));
  }
  return all;
}

RecordedList recorded(const std::vector<VersionBuilder>& builders) {
  RecordedList list;
  std::vector<Service> services;
  for (const VersionBuilder& each : builders) {
    list.listing.versions.push_back(each.version());
    services.insert(services.end(), each.services().begin(), each.services().end());
  }
  list.history = deployments_of(services);
  return list;
}

Replay replayed(const RecordedList& list, const RetentionPolicy& policy, Millis ago = 100 * kDay) {
  return replay(list, policy, {.since = kNow - ago, .until = kNow});
}

/// `1 after 3d: last 2/2`
Lines gone(const Replay& replay) {
  Lines all;
  for (const GoneVersion& each : replay.gone) {
    std::string held;
    for (const Reason& reason : each.held_by)
      held += (held.empty() ? "" : ", ") + reason_text(reason);
    all.push_back(fmt::format("{} at {}d: {}", each.version.number, (each.at - kNow) / kDay, held));
  }
  return all;
}

Lines broken(const Replay& replay) {
  Lines all;
  for (const BrokenDeployment& each : replay.broken) {
    all.push_back(fmt::format(
        "{} {} at {}d", each.kind == BrokenDeployment::Kind::rollback ? "rollback to" : "first of",
        each.version.number, (each.at - kNow) / kDay));
  }
  return all;
}

TEST(Replay, WalksDayByDayAndSaysWhatWouldHaveGoneWhenAndWhatHeldIt) {
  const Replay result = replayed(recorded(one_a_day(4)), keep_last(2));
  EXPECT_EQ(gone(result), (Lines{"1 at -2d: last 2/2", "2 at -1d: last 2/2"}));
  EXPECT_EQ(result.since, kNow - 4 * kDay) << "before it nothing was there";
  EXPECT_EQ(result.days, 5U);
  EXPECT_EQ(result.versions, 4U);
  EXPECT_EQ(broken(result), Lines{});
}

TEST(Replay, BeginsWithWhatIsThereThen) {
  EXPECT_EQ(gone(replayed(recorded(one_a_day(4)), keep_last(2), 36h)),
            (Lines{"1 at -1d: ", "2 at -1d: "}));
}

TEST(Replay, LetsTheGracePeriodPass) {
  RetentionPolicy policy = keep_last(2);
  policy.limits.grace = {.exact = 24h};
  EXPECT_EQ(gone(replayed(recorded(one_a_day(4)), policy)),
            (Lines{"1 at -1d: last 2/2", "2 at 0d: last 2/2"}));
}

TEST(Replay, TellsOfTheRollbacksThatItWouldHaveBroken) {
  auto versions = one_a_day(9);
  versions[0].served(9 * kDay, 7 * kDay).served(36h, 12h);  // Gone by then: one is protected.
  versions[1].served(7 * kDay, 6 * kDay);
  versions[2].served(6 * kDay, 36h).served(12h, 6h);
  versions[3].deployed_since(6h);  // Never served before.
  const Replay result = replayed(recorded(versions), keep_last(2));
  EXPECT_EQ(broken(result), (Lines{"rollback to 1 at -1d", "first of 4 at 0d"}));
  EXPECT_EQ(result.broken[0].gone_at, kNow - 6 * kDay);
}

// What served before serves on, and so is kept.
TEST(Replay, KeepsWhatServesOnWhereADeploymentIsBroken) {
  auto versions = one_a_day(9);
  versions[0].served(9 * kDay, 7 * kDay).deployed_since(36h);
  versions[1].served(7 * kDay, 6 * kDay);
  versions[2].served(6 * kDay, 36h);
  const Replay result = replayed(recorded(versions), keep_last(1));
  EXPECT_EQ(broken(result), Lines{"rollback to 1 at -1d"});
  for (const GoneVersion& each : result.gone) EXPECT_NE(each.version.number, 3U);
}

TEST(Replay, CountsTheDaysOnWhichAPersonWouldHaveBeenAsked) {
  RetentionPolicy policy = keep_last(1);
  policy.limits.max_deletes = 2;
  const Replay result = replayed(recorded(one_a_day(5)), policy, 24h);
  EXPECT_EQ(result.gone.size(), 4U);
  ASSERT_EQ(result.stopped.size(), 1U);
  EXPECT_EQ(result.stopped[0].code, StopCode::MaxDeletes);
  EXPECT_EQ(result.stopped[0].days, 1U);
  EXPECT_EQ(result.stopped[0].first, kNow - kDay);
  EXPECT_FALSE(result.stopped[0].waits);
}

TEST(Replay, TakesAnApprovalForGiven) {
  RetentionPolicy policy = keep_last(1);
  policy.limits.approve_over = 2;
  const Replay result = replayed(recorded(one_a_day(5)), policy, 24h);
  EXPECT_EQ(result.gone.size(), 4U);
  ASSERT_EQ(result.stopped.size(), 1U);
  EXPECT_EQ(result.stopped[0].code, StopCode::ApproveOver);
  EXPECT_FALSE(result.stopped[0].waits);
}

TEST(Preview, AsksForNoApproval) {
  RetentionPolicy policy = keep_last(1);
  policy.limits.approve_over = 2;
  const Plan plan = preview(recorded(one_a_day(5)), policy, kNow);
  EXPECT_EQ(plan.ready.size(), 4U);
  EXPECT_TRUE(plan.stops.empty());
}

TEST(Preview, KnowsNoFirstSightOfAnUndatedVersion) {
  RecordedList list = recorded(one_a_day(3));
  list.listing.versions[0].created_on.reset();
  RetentionPolicy policy = keep_last(1);
  policy.protect.min_age = {.exact = 1h};
  const Plan plan = preview(list, policy, kNow);
  ASSERT_EQ(plan.verdicts.back().number, 1U);
  ASSERT_EQ(plan.verdicts.back().reasons.size(), 1U);
  EXPECT_EQ(plan.verdicts.back().reasons[0].code, ReasonCode::bad_timestamp);
}

TEST(Replay, DeletesNothingOnADayWithAnotherStop) {
  auto versions = one_a_day(6);
  for (VersionBuilder& each : versions) each.aged(3 * kDay);
  const Replay result = replayed(recorded(versions), keep_last(1));
  EXPECT_EQ(gone(result), Lines{});
  ASSERT_EQ(result.stopped.size(), 1U);
  EXPECT_EQ(result.stopped[0].code, StopCode::SameInstants);
  EXPECT_EQ(result.stopped[0].days, 4U);
  EXPECT_TRUE(result.stopped[0].waits);
}

TEST(Replay, HonoursPinsAndIgnoresTheWindow) {
  RecordedList list = recorded(one_a_day(4));
  list.pins.insert(version_id(1));
  RetentionPolicy policy = keep_last(2);
  policy.limits.window = Window::parse("Sat 03:00-04:00").value();
  EXPECT_EQ(gone(replayed(list, policy)), Lines{"2 at -1d: last 2/2"});
}

TEST(Replay, LetsAWholeGroupGoWhereThePolicySaysSo) {
  RetentionPolicy policy = keep_last(1);
  policy.groups[0].anchor = Anchor::now;
  policy.groups[0].min_keep = 0;
  policy.groups[0].keep = {{RuleKind::within, {Duration{.exact = 24h}}, {}}};
  const Replay result =
      replayed(recorded({a_version(1).aged(9 * kDay), a_version(2).aged(5 * kDay)}), policy);
  EXPECT_EQ(gone(result).size(), 2U);
}

TEST(Replay, SaysOfHowManyThatServedNothingIsKnown) {
  RecordedList list = recorded({a_version(1).aged(5 * kDay).served(5 * kDay, 2 * kDay),
                                a_version(2).aged(3 * kDay).deployed_since(2 * kDay)});
  std::erase_if(list.listing.versions, [](const Version& each) { return each.number == 1; });
  EXPECT_EQ(replayed(list, keep_last(1)).unlisted, 0U) << "version 1 served before its beginning";
  list.history.deployments.back().created_on = kNow - kDay;
  std::reverse(list.history.deployments.begin(), list.history.deployments.end());
  EXPECT_EQ(replayed(list, keep_last(1)).unlisted, 1U);
}

TEST(Replay, OfNothingIsOneDayLong) {
  const Replay result = replayed({}, keep_last(1));
  EXPECT_EQ(result.versions, 0U);
  EXPECT_EQ(result.days, 101U);
}

LedgerEntry told(std::string event, std::uint64_t number, Millis ago) {
  LedgerEntry entry;
  entry.at = kNow - ago;
  entry.event = std::move(event);
  entry.version = version_id(number);
  entry.number = number;
  entry.tag = fmt::format("v{}", number);
  return entry;
}

TEST(RecordedList, LearnsWhatWasDeletedFromTheLedger) {
  RecordedList list = recorded({a_version(3).aged(kDay), a_version(5).aged(kDay)});
  LedgerEntry created = told("version.created", 4, 3 * kDay);
  created.digest = digest_of(4).hex();
  const std::vector<LedgerEntry> ledger = {told("prune.deleted", 4, kDay),
                                           told("prune.deleted", 2, kDay),
                                           told("version.created", 3, 4 * kDay), created};
  EXPECT_EQ(add_deleted(list, ledger), 1U) << "nobody knows when 2 was made";
  ASSERT_EQ(list.listing.versions.size(), 3U);
  const Version& four = list.listing.versions[1];
  EXPECT_EQ(four.number, 4U);
  EXPECT_EQ(four.annotations.tag, "v4");
  EXPECT_EQ(four.created_on, kNow - 3 * kDay);
  EXPECT_EQ(parse_trailer(four.annotations.message)->digest, digest_of(4));
  EXPECT_EQ(list.listing.versions[2].created_on, kNow - kDay) << "the list knows better";
}

}  // namespace
}  // namespace rollout
