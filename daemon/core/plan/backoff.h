// SPDX-License-Identifier: Apache-2.0
// When to try an account again after a failure: reliability.md, "Retry, budget, time".
#pragma once

#include <cstdint>
#include <optional>

#include "daemon/core/model/failure.h"
#include "daemon/core/model/instant.h"

namespace rollout {

/// Full jitter (Brooker, "Exponential Backoff And Jitter", 2015): uniform in [0, min(cap,
/// base*2^n)]. `failures` counts from 1; `random` is a uniform 64-bit number.
Millis full_jitter(std::uint32_t failures, std::uint64_t random);

inline constexpr Millis kBackoffBase = std::chrono::seconds(1);
inline constexpr Millis kBackoffCap = std::chrono::minutes(5);
inline constexpr Millis kProbeInterval = std::chrono::minutes(5);
inline constexpr std::uint32_t kBreakerFailures = 5;

/// How an account's calls have gone lately.
struct Standing {
  std::uint32_t failures = 0;      ///< In a row.
  std::optional<Tick> down_since;  ///< The first of them.
  std::optional<Tick> not_before;  ///< No call before this.
  bool token_refused = false;
};

/// What a failed call makes of the account. The breaker opens after five failures in a row, and at
/// once where the token is refused: then one probe every 5 minutes. A throttled call waits as told.
Standing after_failure(const Standing& standing, const Failure& failure, Tick now,
                       std::uint64_t random);

/// True for failures that say something of the account or the service, not of one request.
bool concerns_account(const Failure& failure);

}  // namespace rollout
