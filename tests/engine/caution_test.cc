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
