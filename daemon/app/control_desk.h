// SPDX-License-Identifier: Apache-2.0
// Answers the operator's socket: finds the lane that a command is about, waits for its answer, and
// writes it down. Any thread may call.
#pragma once

#include <functional>
#include <string>

#include "daemon/app/lane_directory.h"
#include "daemon/app/reloader.h"
#include "daemon/codec/json.h"

namespace rollout {

class ControlDesk final {
 public:
  struct Parts {
    LaneDirectory& lanes;
    std::function<Reloaded()> reload;  ///< With what must be told to systemd around it.
    std::function<Json()> status;      ///< What `rolloutctl status -o json` prints.
  };
  explicit ControlDesk(Parts parts) : parts_(std::move(parts)) {}

  /// `{"op": "...", "args": {...}}` -> `{"exit": 0, "data": {...}}` or `{"exit": 1, "errors": []}`.
  Json handle(const Json& request, const std::string& actor);

 private:
  Json reload();
  /// `plan` and `reconcile` without a Worker are about all of them.
  Json for_all(const std::string& op, const std::string& actor);
  Json for_one(const std::string& op, Json args, const std::string& actor);
  /// Takes it that the lane will look, without waiting for it.
  Json nudge(const Json& args, const std::string& actor);

  Parts parts_;
};

}  // namespace rollout
