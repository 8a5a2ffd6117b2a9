// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/core/plan/event.h"

namespace rollout {

/// Takes the story. Never blocks for long and never fails: what cannot be written is counted.
/// Any thread may call.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void emit(const Event& event) = 0;
};

}  // namespace rollout
