// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/meter.h"

namespace rollout {

Millis Meter::delay(Priority priority, Tick now) const {
  const std::lock_guard lock(mutex_);
  return budget_.delay(priority, now);
}

void Meter::spend(Tick now) {
  const std::lock_guard lock(mutex_);
  budget_.spend(now);
}

void Meter::answered(std::string_view op, int status, Millis took, const QuotaNews& news,
                     Tick now) {
  const std::lock_guard lock(mutex_);
  ++traffic_.requests[{op, class_of_status(status)}];
  traffic_.durations[op].add(took);
  if (news.policy) budget_.policy(news.policy->quota);
  if (news.left) budget_.seen(news.left->remaining, news.left->reset, now);
  if (news.throttled_for) budget_.throttled(*news.throttled_for, now);
}

void Meter::kept_back(std::string_view op) {
  const std::lock_guard lock(mutex_);
  ++traffic_.blocked_writes[op];
}

Traffic Meter::traffic(Tick now) const {
  const std::lock_guard lock(mutex_);
  Traffic out = traffic_;
  if (const auto shared = budget_.shared(now)) {
    out.budget_remaining = shared->remaining;
    out.budget_reset = shared->reset;
  }
  return out;
}

}  // namespace rollout
