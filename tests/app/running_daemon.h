// SPDX-License-Identifier: Apache-2.0
// The assembled daemon in this process, behind a wall: core and the emulator both name an `Answer`.
#pragma once

#include <memory>
#include <string>

#include "daemon/core/model/instant.h"

namespace rollout {

class Assembly;

struct StartOutcome {
  int exit = 0;
  std::string sentence;
};

class RunningDaemon final {
 public:
  RunningDaemon();
  ~RunningDaemon();
  StartOutcome start(const std::string& config_path);
  void stop();
  bool alive();
  /// Whether it would still count as alive, were nothing heard of it for so long.
  bool alive_after(Millis silence);
  std::string headline() const;

 private:
  std::unique_ptr<Assembly> assembly_;
};

}  // namespace rollout
