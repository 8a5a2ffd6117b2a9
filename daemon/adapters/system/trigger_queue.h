// SPDX-License-Identifier: Apache-2.0
// Where one lane waits and everybody else rings.
//
// A deadline is in boot time, which a condition variable cannot wait for: it would sleep on after a
// suspend. So the lane polls a timer of that clock and a bell.
#pragma once

#include <memory>
#include <mutex>

#include "daemon/ports/triggers.h"

namespace rollout {

class TriggerQueue final : public Triggers, public TriggerSink {
 public:
  TriggerQueue();
  /// Requests that nobody took are answered.
  ~TriggerQueue() override;
  TriggerQueue(const TriggerQueue&) = delete;
  TriggerQueue& operator=(const TriggerQueue&) = delete;

  /// `configuration_broken` is a state, not a message: it is true in every wake until the next
  /// `publish`, and wakes the lane only when it becomes true.
  Wake wait_until(Tick deadline) override;
  bool stopping() override;
  bool word_waits() override;
  bool work_waits() override;

  void mark(const WorkerId& worker) override;
  void mark_all() override;
  void publish(std::shared_ptr<const Config> config) override;
  void reload_failed() override;
  /// Answered at once, with exit 69, where a stop was already asked for.
  void request(Request request) override;
  void stop() override;

 private:
  void ring();  ///< Under the lock, after something was added to what is pending.

  int bell_ = -1;   ///< eventfd: readable while something is pending.
  int timer_ = -1;  ///< timerfd on CLOCK_BOOTTIME. Only `wait_until` touches it.
  std::mutex mutex_;
  Wake pending_;
};

}  // namespace rollout
