// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/door.h"

#include <algorithm>

namespace rollout {

void Door::failed(const WorkerId& worker, const Failure& failure, const Standing& standing,
                  Tick now, std::size_t workers) {
  ++in_a_row_;
  failing_.insert(worker);
  if (failure.kind == FailureKind::unauthorized || failure.kind == FailureKind::throttled) {
    close(*standing.not_before, failure);
    return;
  }
  const bool widespread = failing_.size() >= std::min<std::size_t>(2, workers);
  if (in_a_row_ >= kBreakerFailures && widespread) close(now + kProbeInterval, failure);
}

void Door::write_refused(Tick now) {
  if (!writes_refused_since_) writes_refused_since_ = now;
}

void Door::succeeded() {
  in_a_row_ = 0;
  failing_.clear();
  // Where the token may not write, a good read proves nothing: the next write is the probe.
  if (!writes_refused_since_) closed_.reset();
}

void Door::open() {
  closed_.reset();
  writes_refused_since_.reset();
}

void Door::close(Tick until, const Failure& failure) {
  closed_ = Closed{until, failure};
}

}  // namespace rollout
