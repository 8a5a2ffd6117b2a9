// SPDX-License-Identifier: Apache-2.0
// How many requests one account may make, and when.
#pragma once

#include <cstdint>
#include <optional>

#include "daemon/core/model/instant.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// Who goes first when requests are scarce: creates, then reads, then deletes.
enum class Priority { create, list, remove };

/// A token bucket (`rate` a second, `burst` at once) that also heeds what the API says about the
/// quota that all clients of the account share. In any window of five minutes at most
/// `burst + 300 s x rate` requests are let through.
///
/// Usual flow: `delay(p, now)` until it is zero, then `spend(now)`, then the call, then `seen` with
/// the answer's `Ratelimit` header, or `throttled` after a 429. Lower priorities leave tokens in
/// the bucket for higher ones, and slow down earlier as the shared quota runs out.
class RateBudget {
 public:
  /// `config.rate` and `config.burst` are above zero.
  RateBudget(const BudgetConfig& config, Tick now);

  /// How long to wait before such a request. Zero: now.
  Millis delay(Priority priority, Tick now) const;
  /// One request goes out.
  void spend(Tick now);

  /// `Ratelimit: "default";r=REMAINING;t=RESET`.
  void seen(std::uint64_t remaining, Millis reset, Tick now);
  /// `Ratelimit-Policy: "burst";q=QUOTA;w=WINDOW`: while more than half of the quota is left, the
  /// bucket decides alone. Until a quota is known, requests keep to an even share of what is left.
  void policy(std::uint64_t quota);
  /// A 429: nothing goes out before `retry_after`, and then without a burst.
  void throttled(Millis retry_after, Tick now);

  /// The shared quota as last seen; none once its window has ended.
  struct Shared {
    std::uint64_t remaining = 0;
    Millis reset{};
  };
  std::optional<Shared> shared(Tick now) const;

 private:
  double tokens(Tick now) const;
  Tick allowed_at(Priority priority, Tick now) const;

  static constexpr std::uint64_t kUnknownQuota = UINT64_MAX;

  BudgetConfig config_;
  double tokens_;
  Tick counted_at_;
  std::optional<Tick> last_spent_;
  std::optional<Tick> blocked_until_;
  std::uint64_t remaining_ = 0;
  std::optional<Tick> resets_at_;
  std::uint64_t quota_ = kUnknownQuota;
};

/// `Retry-After` is believed within these bounds.
inline constexpr Millis kShortestRetry = std::chrono::seconds(1);
inline constexpr Millis kLongestRetry = std::chrono::hours(1);
Millis clamp_retry(Millis retry_after);

}  // namespace rollout
