// SPDX-License-Identifier: Apache-2.0
// What an account has sent and may still send. It outlives the clients that share it.
#pragma once

#include <mutex>

#include "daemon/adapters/cloudflare/classify.h"
#include "daemon/adapters/cloudflare/traffic.h"
#include "daemon/core/plan/rate_budget.h"

namespace rollout {

/// What an answer says of the quota.
struct QuotaNews {
  std::optional<QuotaPolicy> policy;
  std::optional<QuotaLeft> left;
  std::optional<Millis> throttled_for;
};

/// Any thread may call.
class Meter {
 public:
  Meter(const BudgetConfig& config, Tick now) : budget_(config, now) {}

  Millis delay(Priority priority, Tick now) const;
  void spend(Tick now);
  void answered(std::string_view op, int status, Millis took, const QuotaNews& news, Tick now);
  void kept_back(std::string_view op);
  Traffic traffic(Tick now) const;

 private:
  mutable std::mutex mutex_;
  RateBudget budget_;
  Traffic traffic_;
};

}  // namespace rollout
