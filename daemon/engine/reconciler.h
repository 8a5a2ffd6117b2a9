// SPDX-License-Identifier: Apache-2.0
// One pass over one Worker: observe, plan, journal, act, emit, and observe again.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "daemon/core/plan/command.h"
#include "daemon/engine/creating.h"
#include "daemon/engine/observe.h"
#include "daemon/engine/teller.h"

namespace rollout {

struct PassOutcome {
  PassFinished::Result result = PassFinished::Result::noop;
  std::optional<Failure> failure;  ///< What cut the pass short.
  Tick look_again{};
  std::size_t held = 0;  ///< Versions that would be gone, were nothing in the way.
  std::string summary;   ///< A sentence.
  WritesSeen writes;
};

/// Owns nothing but the proofs of absence that are under way (settle.h).
class Reconciler {
 public:
  Reconciler(const Ports& ports, Caution& caution) : ports_(ports), caution_(caution) {}

  /// `actor` is empty unless a person asked for this pass.
  PassOutcome pass(const Assignment& assignment, Course& course, const std::string& actor);

  /// Observes and plans, and changes nothing anywhere.
  Result<PlanReport> preview(const Assignment& assignment, const Course& course);

  /// A Worker's memory, for a person to change.
  Result<Memory> recall(const WorkerId& worker);

  /// A listing for a person. A bad one is held against pruning, like any other.
  Result<Listing> list(const WorkerId& worker);

 private:
  enum class Next { done, observe_again };
  struct Acted {
    Next next = Next::done;
    std::optional<Failure> failure;
    bool wrote = false;
  };

  Result<void> keep(const WorkerConfig& worker, const Memory& memory);
  void note_bad_read(const Failure& failure);
  Acted act(Acting& acting, const Observed& observed, const Plan& plan);
  void tell_plan(Teller& teller, const Plan& plan, Course& course);
  bool was_our_delete(const EventBody& event, const WorkerId& worker);
  void watch_length(const Observed& observed, Course& course);
  void adopt_settling(const Observed& observed, const Plan& plan);
  Tick next_look(const Assignment& assignment, const Observed& observed, const Plan& plan) const;

  Ports ports_;
  Caution& caution_;
  std::map<IntentId, Settling> settling_;
};

}  // namespace rollout
