// SPDX-License-Identifier: Apache-2.0
// Sinks that remember, and on which a test can wait.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/ports/event_sink.h"
#include "daemon/ports/triggers.h"

namespace rollout {

class Recorder final : public TriggerSink, public EventSink {
 public:
  void mark(const WorkerId& worker) override {
    note([&] { ++marks_[worker]; });
    if (while_marking) while_marking();
  }
  void mark_all() override {
    note([&] { ++alls_; });
  }
  void publish(std::shared_ptr<const Config> /*config*/) override {}
  void reload_failed() override {}
  void request(Request /*request*/) override {}
  void stop() override {}
  void emit(const Event& event) override {
    note([&] {
      overflows_ += std::holds_alternative<WatchOverflow>(event.body) ? 1 : 0;
      if (std::holds_alternative<WatchRecovered>(event.body)) degraded_.clear();
      if (const auto* body = std::get_if<WatchDegraded>(&event.body)) {
        degraded_ = body->detail;
        ++degradations_;
      }
    });
  }

  /// How often `worker` was marked, by name or with all.
  int marks(const std::string& worker) {
    const std::scoped_lock lock(mutex_);
    return marks_[WorkerId(worker)] + alls_;
  }
  int alls() {
    const std::scoped_lock lock(mutex_);
    return alls_;
  }
  int overflows() {
    const std::scoped_lock lock(mutex_);
    return overflows_;
  }
  /// What is polled and why, as it was told last; empty where everything is watched.
  std::string degraded() {
    const std::scoped_lock lock(mutex_);
    return degraded_;
  }
  int degradations() {
    const std::scoped_lock lock(mutex_);
    return degradations_;
  }
  /// Whether it is marked more than `before` times, sooner or later.
  bool await(const std::string& worker, int before) {
    std::unique_lock lock(mutex_);
    return noted_.wait_for(lock, std::chrono::seconds(30),
                           [&] { return marks_[WorkerId(worker)] + alls_ > before; });
  }

  /// Called in the sentry's thread, after the mark was counted.
  std::function<void()> while_marking;

 private:
  void note(const std::function<void()>& change) {
    const std::scoped_lock lock(mutex_);
    change();
    noted_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable noted_;
  std::map<WorkerId, int> marks_;
  int alls_ = 0;
  int overflows_ = 0;
  std::string degraded_;
  int degradations_ = 0;
};

}  // namespace rollout
