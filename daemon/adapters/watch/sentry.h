// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "daemon/adapters/watch/watch_set.h"
#include "daemon/core/model/instant.h"
#include "daemon/ports/event_sink.h"
#include "daemon/ports/triggers.h"

namespace rollout {

/// Watches build roots in a thread of its own and marks the Workers near which something changed.
/// Events are hints: no event starts anything but a look, and a look finds what no event told.
/// Every Worker is marked once its root is watched, so a look after that mark misses nothing.
/// After lost events everything is watched anew, `WatchOverflow` emitted, and all are marked. A
/// root that cannot be watched (limits, permissions) is left to the engine's rescan, and tried
/// again after 1, 2, 4 ... at most 16 periods; `WatchDegraded` tells of it whenever that changes,
/// and `WatchRecovered` once all are watched.
class Sentry final {
 public:
  /// Every `period` it looks for what inotify does not tell. Both sinks must outlive it.
  Sentry(TriggerSink& triggers, EventSink& events, Millis period);
  ~Sentry();  ///< Ends the thread and waits for it.
  Sentry(const Sentry&) = delete;
  Sentry& operator=(const Sentry&) = delete;

  /// From now on exactly these. Any thread may call.
  void reconfigure(std::vector<WatchedRoot> roots);

 private:
  void run(const std::stop_token& stop);
  void take_configuration();
  void on_events();
  void on_period();
  void mark(const WatchSet::News& news);
  void tell_problems();
  void wake() const;

  TriggerSink& triggers_;
  EventSink& events_;
  int wake_ = -1;   ///< eventfd
  int timer_ = -1;  ///< timerfd

  WatchSet watches_{{}};  ///< The thread's own, like the three below.
  unsigned periods_to_retry_ = 1, wait_periods_ = 1;
  std::string told_;  ///< What is polled and why, as the last event said; empty where nothing is.

  std::mutex mutex_;
  std::optional<std::vector<WatchedRoot>> wanted_;  ///< Guarded by `mutex_`.

  std::jthread thread_;  ///< Last: it uses all of the above.
};

}  // namespace rollout
