// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/histogram.h"

#include <algorithm>

namespace rollout {

void Histogram::add(Millis duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto bucket = std::ranges::lower_bound(kBounds, seconds);
  if (bucket != kBounds.end()) {
    ++counts.at(static_cast<std::size_t>(bucket - kBounds.begin()));
  }
  ++count;
  sum += seconds;
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts.at(i) += other.counts.at(i);
  count += other.count;
  sum += other.sum;
}

}  // namespace rollout
