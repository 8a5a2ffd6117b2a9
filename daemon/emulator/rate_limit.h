// SPDX-License-Identifier: Apache-2.0
// Cloudflare's limit on API calls: so many in a window, and past it every call is refused for as
// long again (documentation: fundamentals, API, limits).
#pragma once

#include <cstdint>
#include <optional>

#include "daemon/core/model/instant.h"

namespace rollout {

struct RateLimitRule {
  std::int64_t quota = 1200;  ///< 0: no limit.
  Millis window = std::chrono::minutes(5);
};

class RateLimit {
 public:
  explicit RateLimit(RateLimitRule rule) : rule_(rule) {}

  struct State {
    bool admitted = true;
    std::int64_t remaining = 0;
    std::int64_t reset_seconds = 0;  ///< Until the window or the refusal ends, rounded up.
  };

  /// Counts one call.
  State admit(Instant now);
  void reset() { ends_.reset(); }
  const RateLimitRule& rule() const { return rule_; }

 private:
  RateLimitRule rule_;
  std::optional<Instant> ends_;  ///< Of the window, or of the refusal once the quota is used up.
  std::int64_t used_ = 0;
};

}  // namespace rollout
