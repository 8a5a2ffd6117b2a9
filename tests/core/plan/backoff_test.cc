// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/backoff.h"

#include <gtest/gtest.h>

#include <limits>

namespace rollout {
namespace {

using namespace std::chrono_literals;

constexpr Tick kTick{Millis(1000)};

Failure failure(FailureKind kind, std::optional<Millis> retry_after = std::nullopt) {
  Failure failure{kind, "list versions", "no"};
  failure.retry_after = retry_after;
  return failure;
}

TEST(FullJitter, LiesBetweenNothingAndADoublingCeiling) {
  for (std::uint32_t failures = 1; failures <= 4; ++failures) {
    const Millis ceiling = kBackoffBase * (1 << (failures - 1));
    EXPECT_EQ(full_jitter(failures, 0), 0ms);
    EXPECT_EQ(full_jitter(failures, static_cast<std::uint64_t>(ceiling.count())), ceiling);
    EXPECT_EQ(full_jitter(failures, static_cast<std::uint64_t>(ceiling.count()) + 1), 0ms);
  }
  EXPECT_LE(full_jitter(1000, std::numeric_limits<std::uint64_t>::max()), kBackoffCap);
}

TEST(Standing, OpensTheBreakerAfterFiveFailures) {
  Standing standing;
  for (int i = 0; i < 4; ++i) {
    standing = after_failure(standing, failure(FailureKind::transient), kTick, 0);
    EXPECT_EQ(standing.not_before, kTick);
  }
  standing = after_failure(standing, failure(FailureKind::transient), kTick, 0);
  EXPECT_EQ(standing.not_before, kTick + kProbeInterval);
}

TEST(Standing, ProbesEveryFiveMinutesWhereTheTokenIsRefused) {
  const Standing standing = after_failure({}, failure(FailureKind::unauthorized), kTick, 12345);
  EXPECT_TRUE(standing.token_refused);
  EXPECT_EQ(standing.not_before, kTick + 5min);
}

// Promise 19.
TEST(Standing, WaitsAsLongAsItIsTold) {
  const Standing standing = after_failure({}, failure(FailureKind::throttled, 90s), kTick, 0);
  EXPECT_EQ(standing.not_before, kTick + 90s);
  EXPECT_EQ(after_failure({}, failure(FailureKind::transient, 90s), kTick, 0).not_before,
            kTick + 90s)
      << "a service that is down may say when to return";
}

TEST(Standing, IsNotTouchedByWhatConcernsOneRequest) {
  EXPECT_FALSE(concerns_account(failure(FailureKind::refused)));
  EXPECT_FALSE(concerns_account(failure(FailureKind::not_found)));
  EXPECT_FALSE(concerns_account(failure(FailureKind::local)));
  EXPECT_TRUE(concerns_account(failure(FailureKind::invalid)));
}

}  // namespace
}  // namespace rollout
