// SPDX-License-Identifier: Apache-2.0
// The host's clocks. The only place that reads them.
#pragma once

#include "daemon/ports/clock.h"

namespace rollout {

class SystemClock final : public Clock {
 public:
  Instant now() override;  ///< CLOCK_REALTIME
  Tick tick() override;    ///< CLOCK_BOOTTIME: goes on during suspend.
};

}  // namespace rollout
