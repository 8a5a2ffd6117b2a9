// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/rate_budget.h"

#include <gtest/gtest.h>

#include <vector>

namespace rollout {
namespace {

using namespace std::chrono_literals;

constexpr Tick kStart{Millis(1'000'000)};

RateBudget a_budget(double rate = 1.0, std::uint32_t burst = 30) {
  return RateBudget({.rate = rate, .burst = burst}, kStart);
}

void spend(RateBudget& budget, int times, Tick now = kStart) {
  for (int i = 0; i < times; ++i) budget.spend(now);
}

TEST(RateBudget, LetsABurstThroughAndThenOneASecond) {
  RateBudget budget = a_budget();
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(budget.delay(Priority::create, kStart), 0ms) << i;
    budget.spend(kStart);
  }
  EXPECT_EQ(budget.delay(Priority::create, kStart), 1s);
  EXPECT_EQ(budget.delay(Priority::create, kStart + 400ms), 600ms);
  EXPECT_EQ(budget.delay(Priority::create, kStart + 1s), 0ms);
}

TEST(RateBudget, KeepsTokensForCreates) {
  RateBudget budget = a_budget();
  spend(budget, 26);
  EXPECT_EQ(budget.delay(Priority::remove, kStart), 0ms);
  EXPECT_EQ(budget.delay(Priority::list, kStart), 0ms);
  spend(budget, 1);
  EXPECT_EQ(budget.delay(Priority::remove, kStart), 1s);
  EXPECT_EQ(budget.delay(Priority::list, kStart), 1s);
  EXPECT_EQ(budget.delay(Priority::create, kStart), 0ms);
}

// A delete relies on reads that are stale after five seconds: it must be due before.
TEST(RateBudget, ALowRateLetsADeleteFollowTheReadBeforeIt) {
  RateBudget budget = a_budget(0.5, 30);
  spend(budget, 27);
  EXPECT_EQ(budget.delay(Priority::list, kStart + 2s), 0ms);
  budget.spend(kStart + 2s);
  EXPECT_EQ(budget.delay(Priority::remove, kStart + 2s), 2s);
}

TEST(RateBudget, ABurstOfOneStillServesEveryPriority) {
  RateBudget budget = a_budget(2.0, 1);
  EXPECT_EQ(budget.delay(Priority::remove, kStart), 0ms);
  budget.spend(kStart);
  EXPECT_EQ(budget.delay(Priority::remove, kStart), 500ms);
}

// Promise 18: never more than R requests in any five minutes, whatever the API answers.
TEST(RateBudget, NeverExceedsItsBoundInAnyWindow) {
  const BudgetConfig config{.rate = 1.0, .burst = 30};
  for (const bool throttles : {false, true}) {
    RateBudget budget(config, kStart);
    std::vector<Tick> sent;
    Tick now = kStart;
    for (int i = 0; now < kStart + 1h; ++i) {
      const auto priority = static_cast<Priority>(i % 3);
      now += budget.delay(priority, now);
      ASSERT_EQ(budget.delay(priority, now), 0ms);
      budget.spend(now);
      sent.push_back(now);
      if (throttles && i % 40 == 39) budget.throttled(10s, now);
      budget.seen(1'000'000, 300s, now);
    }
    for (std::size_t first = 0, last = 0; last < sent.size(); ++last) {
      while (sent[last] - sent[first] > 5min) ++first;
      ASSERT_LE(last - first + 1, 330U);
    }
  }
}

// Promise 19: after a 429 nothing goes out before Retry-After, which is believed up to an hour.
TEST(RateBudget, IsSilentAfterA429AndThenWithoutABurst) {
  struct Case {
    const char* name;
    Millis retry_after, quiet;
  };
  for (const Case& c : {Case{"as said", 10s, 10s}, Case{"at least a second", 0ms, 1s},
                        Case{"negative", -5s, 1s}, Case{"at most an hour", 48h, 1h}}) {
    RateBudget budget = a_budget();
    budget.throttled(c.retry_after, kStart);
    EXPECT_EQ(budget.delay(Priority::create, kStart), c.quiet + 1s) << c.name;
    EXPECT_EQ(budget.delay(Priority::create, kStart + c.quiet + 1s), 0ms) << c.name;
    budget.spend(kStart + c.quiet + 1s);
    EXPECT_EQ(budget.delay(Priority::create, kStart + c.quiet + 1s), 1s) << c.name;
  }
}

TEST(RateBudget, ALater429NeverShortensTheWait) {
  RateBudget budget = a_budget();
  budget.throttled(5min, kStart);
  budget.throttled(1s, kStart + 1s);
  EXPECT_EQ(budget.delay(Priority::create, kStart + 1s), 5min);
}

TEST(RateBudget, StretchesBeforeTheSharedQuotaRunsOut) {
  RateBudget budget = a_budget();
  budget.spend(kStart);
  budget.seen(1000, 300s, kStart);
  EXPECT_EQ(budget.delay(Priority::remove, kStart), 4 * 300ms) << "deletes slow down first";
  EXPECT_EQ(budget.delay(Priority::list, kStart), 0ms);
  budget.seen(100, 300s, kStart);
  EXPECT_EQ(budget.delay(Priority::create, kStart), 3s);
  EXPECT_EQ(budget.delay(Priority::list, kStart), 6s);
  EXPECT_EQ(budget.delay(Priority::remove, kStart), 12s);
}

TEST(RateBudget, CountsItsOwnRequestsAgainstTheSharedQuota) {
  RateBudget budget = a_budget();
  budget.seen(2, 20s, kStart);
  spend(budget, 2);
  EXPECT_EQ(budget.delay(Priority::create, kStart), 20s);
  EXPECT_EQ(budget.delay(Priority::create, kStart + 20s), 0ms);
}

TEST(RateBudget, WaitsForTheResetWhenNothingIsLeftAndNoLonger) {
  RateBudget budget = a_budget();
  budget.spend(kStart);
  budget.seen(0, 42s, kStart);
  EXPECT_EQ(budget.delay(Priority::create, kStart), 42s);
  EXPECT_EQ(budget.delay(Priority::create, kStart + 42s), 0ms);
  EXPECT_FALSE(budget.shared(kStart + 42s));
  budget.seen(1, 42s, kStart);
  EXPECT_EQ(budget.delay(Priority::remove, kStart), 42s) << "never past the reset";
}

TEST(RateBudget, UsesTheFirstHalfOfAKnownQuotaFreely) {
  RateBudget budget = a_budget(1000.0, 1000);
  budget.policy(1200);
  budget.spend(kStart);
  budget.seen(601, 300s, kStart);
  EXPECT_EQ(budget.delay(Priority::remove, kStart), 0ms);
  budget.seen(600, 300s, kStart);
  EXPECT_EQ(budget.delay(Priority::create, kStart), 500ms);
}

TEST(RateBudget, SurvivesAbsurdHeaders) {
  RateBudget budget = a_budget();
  budget.spend(kStart);
  budget.policy(0);
  budget.seen(UINT64_MAX, Millis::max(), kStart);
  EXPECT_EQ(budget.delay(Priority::remove, kStart), 0ms);
  budget.seen(0, Millis::max(), kStart);
  EXPECT_EQ(budget.delay(Priority::create, kStart), 1h);
  budget.seen(0, Millis::min(), kStart);
  EXPECT_EQ(budget.delay(Priority::create, kStart), 0ms);
}

}  // namespace
}  // namespace rollout
