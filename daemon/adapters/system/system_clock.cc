// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/system/system_clock.h"

#include <ctime>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

Millis read(clockid_t clock) {
  timespec time{};
  ENSURE(clock_gettime(clock, &time) == 0, "the kernel has this clock");
  return std::chrono::duration_cast<Millis>(std::chrono::seconds(time.tv_sec) +
                                            std::chrono::nanoseconds(time.tv_nsec));
}

}  // namespace

Instant SystemClock::now() {
  return Instant(read(CLOCK_REALTIME));
}

Tick SystemClock::tick() {
  return Tick(read(CLOCK_BOOTTIME));
}

}  // namespace rollout
