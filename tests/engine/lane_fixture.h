// SPDX-License-Identifier: Apache-2.0
// A lane in a small world, run for so many waits at a time; each run is a process of its own.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "daemon/engine/lane.h"
#include "tests/engine/small_world.h"

namespace rollout {

class LaneTest : public testing::Test, public SmallWorld {
 protected:
  /// Runs until it has waited `waits` times.
  void run(int waits) {
    triggers.waits_left = waits;
    Lane(ports(), AccountName("main"), config, progress).run();
  }
  /// The answer to one command, given before anything else is waited for.
  Answer ask(Command command) {
    Answer got;
    Wake wake;
    wake.requests.push_back(
        {std::move(command), "anna", [&](Answer answer) { got = std::move(answer); }});
    triggers.wakes.push_back(std::move(wake));
    run(1);
    return got;
  }
  std::string said(const Answer& answer) { return std::get<Done>(answer.body).sentence; }
  long count(const char* call) { return std::count(calls.begin(), calls.end(), call); }
  Progress progress;
};

}  // namespace rollout
