// SPDX-License-Identifier: Apache-2.0
// Durations, counted in buckets as Prometheus does.
#pragma once

#include <array>
#include <cstdint>

#include "daemon/core/model/instant.h"

namespace rollout {

struct Histogram {
  static constexpr std::array<double, 8> kBounds{0.1, 0.3, 1, 3, 10, 30, 100, 300};  ///< Seconds.
  std::array<std::uint64_t, kBounds.size()> counts{};  ///< Not cumulative.
  std::uint64_t count = 0;
  double sum = 0;
  void add(Millis duration);
  void merge(const Histogram& other);
};

}  // namespace rollout
