// SPDX-License-Identifier: Apache-2.0
// Reads the configuration again, for SIGHUP and `rolloutctl reload`. A broken one changes nothing,
// and nothing is deleted until it is mended.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/app/lane_directory.h"
#include "daemon/ports/event_sink.h"
#include "daemon/ports/policy_source.h"

namespace rollout {

/// How a reload ended.
struct Reloaded {
  std::vector<ConfigError> errors;  ///< Empty: it is in force.
  std::vector<std::string> changes;
  std::uint64_t generation = 0;  ///< Of what is in force now.
};

class Reloader final {
 public:
  /// `prepare` runs before a good configuration is published: it reads the tokens again and moves
  /// the clients to the new mode. It gives what changed beside the configuration, or errors, which
  /// refuse the reload.
  using Prepared = std::expected<std::vector<std::string>, std::vector<ConfigError>>;
  using Prepare = std::function<Prepared(const Config&)>;
  Reloader(PolicySource& source, LaneDirectory& lanes, EventSink& events, Prepare prepare)
      : source_(source), lanes_(lanes), events_(events), prepare_(std::move(prepare)) {}

  /// One at a time; any thread may call. Returns when the outcome is certain.
  Reloaded reload();

 private:
  Reloaded refuse(std::vector<ConfigError> errors);

  PolicySource& source_;
  LaneDirectory& lanes_;
  EventSink& events_;
  Prepare prepare_;
  std::mutex mutex_;
};

}  // namespace rollout
