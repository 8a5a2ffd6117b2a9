// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>

#include "daemon/adapters/status/status.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/event_sink.h"

namespace rollout {

/// Builds the status from events. Any thread may call; readers share one immutable value.
class StatusBoard final : public EventSink {
 public:
  /// Borrows the clock.
  StatusBoard(std::string version, std::string revision, Clock& clock);

  /// A configuration is in force: Workers and accounts that it does not name are forgotten.
  void configure(const Config& config);
  void emit(const Event& event) override;

  /// Never null.
  std::shared_ptr<const Status> read() const;

 private:
  void publish(Status next);

  Clock& clock_;
  std::mutex writing_;  ///< One change at a time, from the copy to the swap.
  mutable std::mutex swapping_;
  std::shared_ptr<const Status> status_;
};

}  // namespace rollout
