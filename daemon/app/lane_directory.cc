// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/lane_directory.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/model/exit_codes.h"

namespace rollout {

void LaneDirectory::publish(std::shared_ptr<const Config> config) {
  {
    const std::lock_guard lock(mutex_);
    config_ = config;
  }
  for (const auto& [account, sink] : sinks_) sink->publish(config);
}

std::shared_ptr<const Config> LaneDirectory::config() const {
  const std::lock_guard lock(mutex_);
  return config_;
}

void LaneDirectory::mark(const WorkerId& worker) {
  // The watcher may be a reload behind: a Worker that is gone needs no look.
  if (TriggerSink* lane = lane_of(worker)) lane->mark(worker);
}

void LaneDirectory::mark_all() {
  for (const auto& [account, sink] : sinks_) sink->mark_all();
}

void LaneDirectory::reload_failed() {
  for (const auto& [account, sink] : sinks_) sink->reload_failed();
}

void LaneDirectory::request(Request request) {
  const WorkerId worker = worker_of(request.command);
  if (TriggerSink* lane = lane_of(worker)) {
    lane->request(std::move(request));
    return;
  }
  request.answer({.exit = kExitUsage,
                  .body = Done{fmt::format("no Worker `{}` is configured", worker.text())}});
}

void LaneDirectory::stop() {
  for (const auto& [account, sink] : sinks_) sink->stop();
}

TriggerSink* LaneDirectory::lane_of(const WorkerId& worker) const {
  const std::shared_ptr<const Config> now = config();
  const auto found = std::ranges::find(now->workers, worker, &WorkerConfig::id);
  return found == now->workers.end() ? nullptr : sinks_.at(found->account);
}

}  // namespace rollout
