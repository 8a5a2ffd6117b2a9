// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/core/plan/command.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// A command with the way back. `answer` is called exactly once.
struct Request {
  Command command;
  std::string actor;  ///< The peer's user name.
  std::move_only_function<void(Answer)> answer;
};

/// Why a lane woke. Everything is a hint to look; nothing is lost if it is said twice.
struct Wake {
  std::set<WorkerId> dirty;              ///< Something changed near these roots.
  bool all_dirty = false;                ///< Events were lost: look at everything.
  std::shared_ptr<const Config> config;  ///< A new configuration; null where there is none.
  bool configuration_broken = false;     ///< The last reload failed; the old one stays.
  std::vector<Request> requests;
  bool stop = false;
};

/// Where a lane waits. One thread waits; the other side is `TriggerSink`.
class Triggers {
 public:
  virtual ~Triggers() = default;

  /// Returns at once where something is pending, else at `deadline` at the latest.
  virtual Wake wait_until(Tick deadline) = 0;

  /// True once a stop was asked for; checked between calls.
  virtual bool stopping() = 0;

  /// True while a person's word waits to be taken: a configuration, a reload that failed, a
  /// request. A run of deletes ends for it.
  virtual bool word_waits() = 0;

  /// True while there is something to take: a configuration or a request. Uploads end for it. A
  /// reload that failed is none: it may stay so for days.
  virtual bool work_waits() = 0;
};

/// The other side: whoever notices something says it here. Any thread may call; no call blocks.
class TriggerSink {
 public:
  virtual ~TriggerSink() = default;
  virtual void mark(const WorkerId& worker) = 0;
  virtual void mark_all() = 0;
  virtual void publish(std::shared_ptr<const Config> config) = 0;
  virtual void reload_failed() = 0;
  virtual void request(Request request) = 0;
  virtual void stop() = 0;
};

}  // namespace rollout
