// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/backoff.h"

#include <algorithm>

namespace rollout {

Millis full_jitter(std::uint32_t failures, std::uint64_t random) {
  const std::uint32_t doublings = std::min(failures > 0 ? failures - 1 : 0, 20U);
  const Millis ceiling = std::min(kBackoffCap, kBackoffBase * (std::int64_t{1} << doublings));
  return Millis(
      static_cast<std::int64_t>(random % static_cast<std::uint64_t>(ceiling.count() + 1)));
}

bool concerns_account(const Failure& failure) {
  switch (failure.kind) {
    case FailureKind::transient:
    case FailureKind::throttled:
    case FailureKind::unauthorized:
    case FailureKind::unknown_outcome:
    case FailureKind::invalid:
      return true;
    case FailureKind::refused:
    case FailureKind::not_found:
    case FailureKind::local:
      return false;
  }
  return false;
}

Standing after_failure(const Standing& standing, const Failure& failure, Tick now,
                       std::uint64_t random) {
  Standing next = standing;
  ++next.failures;
  if (!next.down_since) next.down_since = now;
  next.token_refused = failure.kind == FailureKind::unauthorized;
  Millis wait = full_jitter(next.failures, random);
  if (failure.kind == FailureKind::throttled) {
    // Jitter after what the server asked for, so that many hosts do not return at once.
    wait = failure.retry_after.value_or(std::chrono::minutes(1)) + full_jitter(1, random);
  } else if (next.token_refused || next.failures >= kBreakerFailures) {
    wait = kProbeInterval;
  }
  wait = std::max(wait, failure.retry_after.value_or(Millis(0)));
  next.not_before = now + wait;
  return next;
}

}  // namespace rollout
