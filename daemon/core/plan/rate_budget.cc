// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/rate_budget.h"

#include <algorithm>
#include <cmath>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

/// What a header may claim at most; keeps the arithmetic within bounds.
constexpr std::uint64_t kMostRequests = 1'000'000'000;

/// Tokens that a request of this priority must leave for those above it.
double reserve(Priority priority, std::uint32_t burst) {
  switch (priority) {
    case Priority::create:
      return 0;
    case Priority::list:
    case Priority::remove:  // No more than the reads just before it, or these are stale when it
                            // may.
      return std::floor(burst / 10.0);
  }
  ensure_failed("an unknown priority", std::source_location::current());
}

/// How many times its even share of the shared quota a request of this priority waits.
Millis::rep patience(Priority priority) {
  switch (priority) {
    case Priority::create:
      return 1;
    case Priority::list:
      return 2;
    case Priority::remove:
      return 4;
  }
  ensure_failed("an unknown priority", std::source_location::current());
}

}  // namespace

Millis clamp_retry(Millis retry_after) {
  return std::clamp(retry_after, kShortestRetry, kLongestRetry);
}

RateBudget::RateBudget(const BudgetConfig& config, Tick now)
    : config_(config), tokens_(config.burst), counted_at_(now) {
  ENSURE(config.rate > 0 && config.burst > 0, "a rate budget must allow something");
}

double RateBudget::tokens(Tick now) const {
  const double passed = std::chrono::duration<double>(now - counted_at_).count();
  return std::min<double>(config_.burst, tokens_ + std::max(0.0, passed) * config_.rate);
}

/// The earliest moment that the shared quota allows.
Tick RateBudget::allowed_at(Priority priority, Tick now) const {
  const auto left = shared(now);
  if (!left) return now;
  if (left->remaining == 0) return *resets_at_;
  if (!last_spent_ || left->remaining > quota_ / 2) return now;
  const auto count = static_cast<Millis::rep>(left->remaining);
  const Millis share = patience(priority) * left->reset / count;
  // As long as our own rate is the slower one, the bucket decides alone and may burst.
  const Millis own(static_cast<Millis::rep>(1000.0 / config_.rate));
  return share > own ? std::min(*last_spent_ + share, *resets_at_) : now;
}

Millis RateBudget::delay(Priority priority, Tick now) const {
  Tick at = std::max(now, allowed_at(priority, now));
  if (blocked_until_) at = std::max(at, *blocked_until_);
  const double missing = 1.0 + reserve(priority, config_.burst) - tokens(now);
  if (missing > 0) {
    const Millis refill(static_cast<Millis::rep>(std::ceil(missing / config_.rate * 1000.0)));
    at = std::max(at, std::max(now, counted_at_) + refill);
  }
  return at - now;
}

void RateBudget::spend(Tick now) {
  tokens_ = std::max(0.0, tokens(now) - 1.0);
  counted_at_ = std::max(counted_at_, now);
  last_spent_ = now;
  if (remaining_ > 0) --remaining_;
}

void RateBudget::seen(std::uint64_t remaining, Millis reset, Tick now) {
  remaining_ = std::min(remaining, kMostRequests);
  resets_at_ = now + std::clamp(reset, Millis(0), kLongestRetry);
}

void RateBudget::policy(std::uint64_t quota) {
  quota_ = quota;
}

void RateBudget::throttled(Millis retry_after, Tick now) {
  const Tick until = now + clamp_retry(retry_after);
  blocked_until_ = blocked_until_ ? std::max(*blocked_until_, until) : until;
  tokens_ = 0;
  counted_at_ = *blocked_until_;
}

std::optional<RateBudget::Shared> RateBudget::shared(Tick now) const {
  if (!resets_at_ || now >= *resets_at_) return std::nullopt;
  return Shared{remaining_, *resets_at_ - now};
}

}  // namespace rollout
