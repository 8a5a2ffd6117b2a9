// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/ports/random.h"

namespace rollout {

/// The kernel's random numbers. Any thread may call.
class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;
};

}  // namespace rollout
