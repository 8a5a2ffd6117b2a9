// SPDX-License-Identifier: Apache-2.0
// Rings at the lane that looks after a Worker. Any thread may call.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "daemon/core/plan/config.h"
#include "daemon/ports/triggers.h"

namespace rollout {

class LaneDirectory final : public TriggerSink {
 public:
  /// Before any other thread runs. The sink must outlive the directory.
  void add(const AccountName& account, TriggerSink& sink) { sinks_[account] = &sink; }

  /// Every account of the configuration must have been added.
  void publish(std::shared_ptr<const Config> config) override;
  /// What is in force; null before the first `publish`.
  std::shared_ptr<const Config> config() const;

  /// False where no such Worker is configured.
  bool knows(const WorkerId& worker) const { return lane_of(worker) != nullptr; }

  void mark(const WorkerId& worker) override;
  void mark_all() override;
  void reload_failed() override;
  /// Answered with exit 64 where no such Worker is configured.
  void request(Request request) override;
  void stop() override;

 private:
  TriggerSink* lane_of(const WorkerId& worker) const;

  mutable std::mutex mutex_;
  std::shared_ptr<const Config> config_;  ///< Guarded by `mutex_`.
  std::map<AccountName, TriggerSink*> sinks_;
};

}  // namespace rollout
