// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/door.h"

#include <algorithm>

namespace rollout {

void Door::failed(const WorkerId& worker, const Failure& failure, const Standing& standing,
                  Tick now, std::size_t workers) {
  ++in_a_row_;
  failing_.insert(worker);
  if (failure.kind == FailureKind::unauthorized || failure.kind == FailureKind::throttled) {
    closed_until_ = standing.not_before;
    return;
  }
  const bool widespread = failing_.size() >= std::min<std::size_t>(2, workers);
  if (in_a_row_ >= kBreakerFailures && widespread) closed_until_ = now + kProbeInterval;
}

void Door::succeeded() {
  in_a_row_ = 0;
  failing_.clear();
  closed_until_.reset();
}

}  // namespace rollout
