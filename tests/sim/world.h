// SPDX-License-Identifier: Apache-2.0
// The time of a simulation, what is due in it, and what was noticed on the way.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ports/clock.h"
#include "tests/sim/tape.h"

namespace rollout {

/// Ends the process under test, at a call on a port. Only the journal's file, the disk and the
/// cloud outlive it.
struct SimCrash {};

class World final : public Clock {
 public:
  explicit World(Tape tape);

  Instant now() override { return truth() + step_; }
  Tick tick() override { return tick_; }
  /// What every honest clock shows; the service has one.
  Instant truth() const;
  /// Moves this host's wall clock, and nothing else.
  void step_wall_clock(Millis by) { step_ += by; }

  void after(Millis span, std::function<void()> event);
  /// Lets time go by. What becomes due happens on the way.
  void pass(Millis span);
  /// To the next event or to the deadline, whichever is first.
  void pass_to_next(Tick deadline);

  Tape& tape() { return tape_; }

  /// Counts something that must happen in some run.
  void sometimes(std::string_view what) { ++counters_[std::string(what)]; }
  const std::map<std::string, std::uint64_t>& counters() const { return counters_; }

  /// Everything the process under test does and sees goes into the trace.
  void trace(std::string_view what, std::uint64_t value = 0);
  std::uint64_t trace_hash() const { return hash_; }

  /// A broken promise. The run ends at the next wait.
  void violation(std::string_view invariant, std::string detail);
  struct Violation {
    std::string invariant;
    std::string detail;
  };
  const std::vector<Violation>& violations() const { return violations_; }

  // The crash. While the process is dead, calls have no effect.
  std::uint32_t crash_one_in = 0;
  bool dead() const { return dead_; }
  void revive() { dead_ = false; }
  /// Perhaps the end. `where` names the phase.
  void may_crash(std::string_view where, std::uint32_t weight = 1);
  /// The same where an exception cannot pass: the end comes with the next other call.
  void may_die(std::string_view where);
  void die(std::string_view where);

 private:
  Tape tape_;
  Tick tick_{Millis(1'000'000)};
  Millis step_{0};
  std::multimap<Tick, std::function<void()>> events_;
  std::map<std::string, std::uint64_t> counters_;
  std::uint64_t hash_ = 14695981039346656037U;
  std::vector<Violation> violations_;
  bool dead_ = false;
  bool tells_its_story_;  ///< On standard output, where ROLLOUT_SIM_STORY is set.
};

}  // namespace rollout
