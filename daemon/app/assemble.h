// SPDX-License-Identifier: Apache-2.0
// The running daemon: the only place that constructs its objects and ties them together.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/control/control_server.h"
#include "daemon/adapters/sqlite/state_lock.h"
#include "daemon/adapters/status/status_board.h"
#include "daemon/adapters/status/status_server.h"
#include "daemon/adapters/system/notify.h"
#include "daemon/adapters/system/system_clock.h"
#include "daemon/adapters/system/system_random.h"
#include "daemon/adapters/watch/sentry.h"
#include "daemon/app/account_lane.h"
#include "daemon/app/control_desk.h"
#include "daemon/app/event_fanout.h"
#include "daemon/app/lane_directory.h"
#include "daemon/app/options.h"
#include "daemon/app/reloader.h"

namespace rollout {

/// Built in the order of dependency and destroyed in reverse.
class Assembly final {
 public:
  static std::expected<std::unique_ptr<Assembly>, StartFailure> build(
      const DaemonOptions& options, Config config, std::unique_ptr<PolicySource> source);
  ~Assembly();  ///< Stops everything, and waits.
  Assembly(const Assembly&) = delete;
  Assembly& operator=(const Assembly&) = delete;

  void start();
  Reloaded reload();

  /// True while every lane moves within its own deadline.
  bool alive() { return alive(clock_.tick()); }
  bool alive(Tick now);
  std::string headline() const;

  /// No new work; `done` once all lanes have ended.
  void stop();
  bool done() const;
  /// When the writes in flight are over at the latest; none where there is none.
  std::optional<Tick> write_until() const;

  Clock& clock() { return clock_; }
  Notify& notify() { return notify_; }

 private:
  Assembly(const DaemonOptions& options, std::string state_dir,
           std::unique_ptr<PolicySource> source, StateLock lock);

  std::optional<StartFailure> open_lanes(const std::shared_ptr<const Config>& config);
  std::optional<StartFailure> open_sockets(const Config& config);
  Reloader::Prepared prepare(const Config& config);
  void watch(const Config& config);
  void tell(EventBody body);

  std::string state_dir_;
  enum class Phase { built, running, stopping } phase_ = Phase::built;
  StateLock lock_;
  SystemClock clock_;
  SystemRandom random_;
  Notify notify_;
  Redactor redactor_;
  StatusBoard board_;
  std::unique_ptr<EventSink> log_;
  EventFanout events_;
  std::unique_ptr<PolicySource> source_;
  LaneDirectory directory_;
  std::vector<std::unique_ptr<AccountLane>> lanes_;
  Reloader reloader_;
  ControlDesk desk_;
  std::unique_ptr<Sentry> sentry_;
  std::unique_ptr<StatusServer> status_server_;
  std::unique_ptr<ControlServer> control_server_;
};

}  // namespace rollout
