// SPDX-License-Identifier: Apache-2.0
// How the watchdog knows that a lane moves: the lane promises when it will be heard of again.
#pragma once

#include <atomic>

#include "daemon/core/model/instant.h"

namespace rollout {

/// The lane writes, the watchdog reads; any thread.
class Progress {
 public:
  void promise(Tick by) { by_.store(by.time_since_epoch().count()); }
  Tick promised() const { return Tick(Millis(by_.load())); }

 private:
  std::atomic<Millis::rep> by_{0};
};

}  // namespace rollout
