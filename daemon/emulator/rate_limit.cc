// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/rate_limit.h"

namespace rollout {

RateLimit::State RateLimit::admit(Instant now) {
  if (rule_.quota == 0) return {};
  // A clock that went back more than a window must not refuse for ever.
  if (!ends_ || now >= *ends_ || *ends_ - now > rule_.window) {
    ends_ = now + rule_.window;
    used_ = 0;
  }
  ++used_;
  if (used_ == rule_.quota + 1) ends_ = now + rule_.window;
  const auto left = std::chrono::ceil<std::chrono::seconds>(*ends_ - now).count();
  return {.admitted = used_ <= rule_.quota,
          .remaining = used_ <= rule_.quota ? rule_.quota - used_ : 0,
          .reset_seconds = left};
}

}  // namespace rollout
