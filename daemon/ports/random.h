// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace rollout {

/// Uniform random numbers, for jitter and run ids; not for secrets.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;
};

}  // namespace rollout
