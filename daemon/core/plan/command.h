// SPDX-License-Identifier: Apache-2.0
// What an operator asks of a running lane, and what it answers.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/core/plan/plan.h"

namespace rollout {

struct PlanCommand {
  WorkerId worker;
};
struct ReconcileCommand {
  WorkerId worker;
};
struct ExplainCommand {
  WorkerId worker;
  std::string version;  ///< An id, a prefix of at least 4 digits, `vN` or a tag.
};
struct PinCommand {
  WorkerId worker;
  std::string version;
  std::string reason;
  std::optional<Instant> until;
};
struct UnpinCommand {
  WorkerId worker;
  std::string version;
};
struct SuspendCommand {
  WorkerId worker;
  std::string reason;
  std::optional<Instant> until;
};
struct ResumeCommand {
  WorkerId worker;
};
/// Approves one plan and runs it.
struct ApplyCommand {
  WorkerId worker;
  std::string plan;  ///< Its id.
};
using Command = std::variant<PlanCommand, ReconcileCommand, ExplainCommand, PinCommand,
                             UnpinCommand, SuspendCommand, ResumeCommand, ApplyCommand>;

/// The Worker that a command is about.
const WorkerId& worker_of(const Command& command);

/// What `plan` prints, with the facts beside the plan that a person wants to see.
struct PlanReport {
  WorkerId worker;
  AccountName account;
  Mode mode = Mode::observe;
  std::uint64_t generation = 0;
  Instant read_at{};
  std::vector<Share> serving;
  std::vector<Version> versions;
  Plan plan;
};

/// Everything known of one version: why it is kept, or when and why it went.
struct Explanation {
  WorkerId worker;
  std::optional<Verdict> verdict;  ///< None where the version is gone.
  std::optional<Version> version;
  std::optional<Millis> condemned_for;
  std::optional<Pin> pin;
  std::optional<PolicyName> former_policy;  ///< One that keeps it, where the present does not.
  std::vector<Reason> formerly;             ///< Why.
  std::vector<Stop> stops;
  std::vector<Notice> notices;      ///< About this version.
  std::vector<LedgerEntry> ledger;  ///< Newest first.
  std::uint64_t generation = 0;
  Duration grace;
};

/// A command that has nothing more to say than a sentence.
struct Done {
  std::string sentence;
};

struct Answer {
  int exit = 0;  ///< As in the table of exit codes.
  std::variant<Done, PlanReport, Explanation> body;
};

}  // namespace rollout
