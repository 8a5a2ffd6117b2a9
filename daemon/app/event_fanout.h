// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "daemon/ports/event_sink.h"

namespace rollout {

/// Tells several sinks, in order. All are borrowed.
class EventFanout final : public EventSink {
 public:
  explicit EventFanout(std::vector<EventSink*> sinks) : sinks_(std::move(sinks)) {}
  void emit(const Event& event) override {
    for (EventSink* sink : sinks_) sink->emit(event);
  }

 private:
  std::vector<EventSink*> sinks_;
};

}  // namespace rollout
