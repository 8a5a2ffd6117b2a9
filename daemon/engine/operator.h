// SPDX-License-Identifier: Apache-2.0
// Carries out what a person asks of one Worker.
#pragma once

#include <string>

#include "daemon/core/plan/command.h"
#include "daemon/engine/reconciler.h"

namespace rollout {

class Operator {
 public:
  Operator(const Ports& ports, const Assignment& assignment, Reconciler& reconciler,
           const Course& course, std::string actor)
      : ports_(ports),
        assignment_(assignment),
        reconciler_(reconciler),
        course_(course),
        actor_(std::move(actor)) {}

  /// Everything but `ReconcileCommand`, which is the lane's own. An `ApplyCommand` is approved
  /// here; the pass that acts on it is the lane's.
  Answer carry_out(const Command& command);

 private:
  Result<Answer> run(const PlanCommand& command);
  Result<Answer> run(const ReconcileCommand& command);
  Result<Answer> run(const ExplainCommand& command);
  Result<Answer> run(const PinCommand& command);
  Result<Answer> run(const UnpinCommand& command);
  Result<Answer> run(const SuspendCommand& command);
  Result<Answer> run(const ResumeCommand& command);
  Result<Answer> run(const ApplyCommand& command);

  const WorkerId& worker() const { return assignment_.worker->id; }
  Result<Version> find(const std::string& text);
  Result<void> keep_and_tell(const Memory& memory, EventBody event);
  Duration grace() const;
  Result<Answer> explain_deleted(const ExplainCommand& command, const Failure& missing,
                                 const PlanReport& report);

  Ports ports_;
  Assignment assignment_;
  Reconciler& reconciler_;
  const Course& course_;
  std::string actor_;
};

Answer no_such_worker(const WorkerId& worker, const AccountName& account);
Answer answer_of(const Failure& failure);
/// `until` says who waits for how long before Cloudflare is called again, and `why` for what.
Answer still_waiting(const std::string& until, const Failure& why);
Answer answer_of(const PassOutcome& outcome);
/// After the pass that had the approval.
Answer answer_of(const Done& approval, const PassOutcome& outcome);

}  // namespace rollout
