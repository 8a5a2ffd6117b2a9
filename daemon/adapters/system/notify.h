// SPDX-License-Identifier: Apache-2.0
// What the service tells systemd (sd_notify(3)). Without $NOTIFY_SOCKET every call does nothing.
// Any thread may call.
#pragma once

#include <optional>
#include <string>

#include "daemon/core/model/instant.h"

namespace rollout {

class Notify final {
 public:
  /// Ready after a start, and again after every reload, a failed one too.
  void ready(const std::string& status);
  /// Must be followed by `ready`, or the unit stays in *reloading*.
  void reloading();
  void stopping(const std::string& status);
  /// One line, shown by `systemctl status`.
  void status(const std::string& text);
  /// Progress was made. Without it for the watchdog's time the process is killed and restarted.
  void watchdog();
  /// The current start or stop needs this much longer, counted from now.
  void extend_timeout(Millis more);
};

/// The unit's WatchdogSec=; none where there is no watchdog.
std::optional<Millis> watchdog_interval();

}  // namespace rollout
