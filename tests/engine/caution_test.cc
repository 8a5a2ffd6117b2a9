// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/caution.h"

#include <gtest/gtest.h>

#include "tests/support/a_version.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

constexpr Tick kTick{Millis(0)};

// Promise 20: a jump of the wall clock, either way, stops deleting for an hour and nothing else.
TEST(Caution, SuspectsAClockThatJumps) {
  for (const Millis jump : {Millis(31s), Millis(-31s), Millis(24h * 365)}) {
    Caution caution;
    caution.check_clocks(kNow, kTick);
    caution.check_clocks(kNow + 60s, kTick + 60s);
    EXPECT_FALSE(caution.hazards(kTick + 60s).clock_suspect);
    caution.check_clocks(kNow + 120s + jump, kTick + 120s);
    EXPECT_TRUE(caution.hazards(kTick + 120s).clock_suspect);
    EXPECT_FALSE(caution.hazards(kTick + 120s + 1h).clock_suspect);
  }
}

TEST(Caution, ToleratesSmallCorrections) {
  Caution caution;
  caution.check_clocks(kNow, kTick);
  caution.check_clocks(kNow + 90s, kTick + 60s);
  EXPECT_FALSE(caution.hazards(kTick + 60s).clock_suspect);
}

// A restart must not end what was to last an hour.
TEST(Caution, HoldsForAnHourAgainWhatAnEarlierProcessHeld) {
  Caution before;
  before.bad_read(kTick);
  before.clocks_disagree(kTick);
  for (int i = 0; i < 21; ++i) before.version_created(kTick);
  EXPECT_EQ(before.memory(kTick).holds, (Holds{true, true, true}));
  EXPECT_EQ(before.memory(kTick + 1h).holds, Holds{});
  Caution after;
  after.remember(before.memory(kTick + 59min), kTick);
  const Hazards hazards = after.hazards(kTick + 59min);
  EXPECT_TRUE(hazards.bad_reads && hazards.clock_suspect && hazards.many_creates);
  EXPECT_EQ(after.memory(kTick + 1h).holds, Holds{});
}

TEST(Caution, HoldsForAnHourAfterABadRead) {
  Caution caution;
  caution.bad_read(kTick);
  EXPECT_TRUE(caution.hazards(kTick + 59min).bad_reads);
  EXPECT_FALSE(caution.hazards(kTick + 1h).bad_reads);
}

TEST(Caution, HoldsWhereMoreThanTwentyVersionsWereMadeInAnHour) {
  Caution caution;
  for (int i = 0; i < 20; ++i) caution.version_created(kTick + i * 1min);
  EXPECT_FALSE(caution.hazards(kTick + 20min).many_creates);
  caution.version_created(kTick + 20min);
  EXPECT_TRUE(caution.hazards(kTick + 20min).many_creates);
  EXPECT_FALSE(caution.hazards(kTick + 60min).many_creates);
}

}  // namespace
}  // namespace rollout
