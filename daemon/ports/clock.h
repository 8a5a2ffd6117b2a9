// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/core/model/instant.h"

namespace rollout {

/// The two times. Any thread may call.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;  ///< Wall time; may jump.
  virtual Tick tick() = 0;    ///< CLOCK_BOOTTIME; never goes back.
};

}  // namespace rollout
