// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/operator.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/model/exit_codes.h"
#include "daemon/core/plan/approval.h"
#include "daemon/core/plan/ledger.h"
#include "daemon/core/plan/resolve.h"

namespace rollout {
namespace {

constexpr std::size_t kLedgerShown = 20;
constexpr std::size_t kLedgerSearched = 100000;
constexpr std::size_t kShortestPrefix = 4;  // Of an id.

Answer done(std::string sentence) {
  return {kExitOk, Done{std::move(sentence)}};
}

Answer failed(std::string sentence) {
  return {kExitFailed, Done{std::move(sentence)}};
}

const Verdict* verdict_of(const Plan& plan, const VersionId& version) {
  const auto found = std::find_if(plan.verdicts.begin(), plan.verdicts.end(),
                                  [&](const Verdict& v) { return v.version == version; });
  return found == plan.verdicts.end() ? nullptr : &*found;
}

/// `, until 2026-03-10T12:00:00Z`
std::string end_of(const std::optional<Instant>& until) {
  return until ? fmt::format(", until {}", format_rfc3339(*until)) : "";
}

Answer in_the_past(Instant until) {
  return {kExitUsage, Done{fmt::format("`--until` is in the past: {}; nothing was changed",
                                       format_rfc3339(until))}};
}

bool names(const LedgerEntry& entry, const std::string& text) {
  if (!entry.version) return false;
  return entry.version->text() == text ||
         (text.size() >= kShortestPrefix && entry.version->text().starts_with(text)) ||
         (entry.number != 0 &&
          (text == fmt::format("v{}", entry.number) || text == fmt::format("{}", entry.number))) ||
         (!entry.tag.empty() && entry.tag == text);
}

/// A pin may outlive its version: by the full id, or its beginning where nothing listed has it.
std::optional<VersionId> pinned_as(const std::string& text, const Memory& memory,
                                   const Failure& missing) {
  std::vector<VersionId> found;
  for (const auto& [version, pin] : memory.pins) {
    if (version.text() == text) return version;
    if (text.size() >= kShortestPrefix && version.text().starts_with(text)) {
      found.push_back(version);
    }
  }
  if (missing.kind != FailureKind::not_found || found.size() != 1) return std::nullopt;
  return found.front();
}

}  // namespace

Answer Operator::carry_out(const Command& command) {
  auto answer = std::visit([this](const auto& c) { return run(c); }, command);
  return answer ? std::move(*answer) : answer_of(answer.error());
}

Result<Answer> Operator::run(const PlanCommand& /*command*/) {
  TRY_ASSIGN(PlanReport report, reconciler_.preview(assignment_, course_));
  return Answer{kExitOk, std::move(report)};
}

Result<Answer> Operator::run(const ReconcileCommand& /*command*/) {
  return std::unexpected(Failure{FailureKind::local, "reconcile", "the lane answers this itself"});
}

Result<Answer> Operator::run(const ExplainCommand& command) {
  TRY_ASSIGN(const PlanReport report, reconciler_.preview(assignment_, course_));
  Listing listing;
  listing.versions = report.versions;
  const auto version = resolve_version(listing, command.version);
  if (!version) {
    if (version.error().kind != FailureKind::not_found) return std::unexpected(version.error());
    return explain_deleted(command, version.error(), report);
  }
  Explanation explanation;
  explanation.worker = worker();
  explanation.version = *version;
  explanation.stops = report.plan.stops;
  explanation.generation = report.generation;
  if (const Verdict* verdict = verdict_of(report.plan, version->id)) explanation.verdict = *verdict;
  const Memory& memory = report.plan.memory;
  if (const auto seen = memory.versions.find(version->id); seen != memory.versions.end()) {
    explanation.condemned_for = seen->second.condemned_for;
  }
  if (const auto pin = memory.pins.find(version->id); pin != memory.pins.end()) {
    explanation.pin = pin->second;
  }
  if (const auto& change = report.plan.policy_change; change && !change->name.empty()) {
    if (const auto lost = change->lost.find(version->id); lost != change->lost.end()) {
      explanation.former_policy = change->name;
      explanation.formerly = lost->second;
    }
  }
  explanation.grace = grace();
  TRY_ASSIGN(explanation.ledger, ports_.journal.ledger(worker(), version->id, kLedgerShown));
  return Answer{kExitOk, std::move(explanation)};
}

Duration Operator::grace() const {
  const RetentionPolicy* policy = assignment_.worker->retention.get();
  return policy == nullptr ? Duration() : policy->limits.grace;
}

Result<Answer> Operator::explain_deleted(const ExplainCommand& command, const Failure& missing,
                                         const PlanReport& report) {
  TRY_ASSIGN(const auto all, ports_.journal.ledger(worker(), std::nullopt, kLedgerSearched));
  const auto entry = std::find_if(all.begin(), all.end(),
                                  [&](const LedgerEntry& e) { return names(e, command.version); });
  if (entry == all.end()) return std::unexpected(missing);
  Explanation explanation;
  explanation.worker = worker();
  explanation.generation = report.generation;
  explanation.grace = grace();
  explanation.notices = report.plan.notices;
  std::erase_if(explanation.notices, [&](const Notice& n) { return n.version != entry->version; });
  TRY_ASSIGN(explanation.ledger, ports_.journal.ledger(worker(), entry->version, kLedgerShown));
  if (std::ranges::none_of(explanation.ledger, is_delete)) {
    explanation.notices.push_back(
        {"DeletedElsewhere",
         "it is not listed, and this rolloutd did not delete it: somebody else did, with "
         "`rolloutctl versions delete`, the dashboard or another tool",
         entry->version});
  }
  return Answer{kExitOk, std::move(explanation)};
}

Result<Answer> Operator::run(const PinCommand& command) {
  if (command.until && *command.until <= ports_.clock.now()) return in_the_past(*command.until);
  TRY_ASSIGN(const Version version, find(command.version));
  TRY_ASSIGN(Memory memory, reconciler_.recall(worker()));
  memory.pins[version.id] = {command.reason, actor_, command.until};
  TRY(keep_and_tell(memory, VersionPinned{version.id, actor_, command.reason}));
  return done(fmt::format("version {} ({}) is pinned{}", version.number, version.id.text(),
                          end_of(command.until)));
}

Result<Answer> Operator::run(const UnpinCommand& command) {
  TRY_ASSIGN(Memory memory, reconciler_.recall(worker()));
  const auto listed = find(command.version);
  const auto gone = listed ? std::nullopt : pinned_as(command.version, memory, listed.error());
  if (!listed && !gone) return std::unexpected(listed.error());
  const VersionId id = listed ? listed->id : *gone;
  const bool away = !listed && listed.error().kind != FailureKind::not_found;
  const std::string name = listed ? fmt::format("{} ({})", listed->number, id.text())
                           : away ? std::string(id.text())
                                  : fmt::format("{}, which is not listed any more,", id.text());
  if (memory.pins.erase(id) == 0) {
    return done(fmt::format("version {} was not pinned by command", listed->number));
  }
  TRY(keep_and_tell(memory, VersionUnpinned{id, actor_}));
  return done(fmt::format("version {} is no longer pinned", name));
}

Result<Answer> Operator::run(const SuspendCommand& command) {
  if (command.until && *command.until <= ports_.clock.now()) return in_the_past(*command.until);
  TRY_ASSIGN(Memory memory, reconciler_.recall(worker()));
  memory.suspension = Suspension{command.reason, actor_, command.until};
  TRY(keep_and_tell(memory, WorkerSuspended{actor_, command.reason, command.until}));
  return done(fmt::format(
      "{} is suspended{}: nothing is created or deleted; `rolloutctl resume {}` lifts it",
      worker().text(), end_of(command.until), worker().text()));
}

Result<Answer> Operator::run(const ResumeCommand& /*command*/) {
  TRY_ASSIGN(Memory memory, reconciler_.recall(worker()));
  const bool refused = std::ranges::any_of(
      memory.versions, [](const auto& version) { return version.second.refused; });
  if (!memory.suspension && !memory.prune_held && !refused)
    return done(fmt::format("{} was not suspended; nothing was changed", worker().text()));
  memory.suspension.reset();
  memory.prune_held = false;
  memory.prune_held_because.clear();
  for (auto& [version, seen] : memory.versions) {
    seen.refused = false;
    seen.refused_for = {};
  }
  TRY(keep_and_tell(memory, WorkerResumed{actor_}));
  return done(fmt::format("{} is resumed", worker().text()));
}

Result<Answer> Operator::run(const ApplyCommand& command) {
  TRY_ASSIGN(const PlanReport report, reconciler_.preview(assignment_, course_));
  const Plan& plan = report.plan;
  if (plan.id != command.plan) {
    return failed(
        fmt::format("the plan for {} is {} now and no longer {}: what it would delete has "
                    "changed; nothing was approved",
                    worker().text(), plan.id, command.plan));
  }
  if (std::ranges::none_of(plan.stops, lifted_by_approval, &Stop::code)) {
    return done(fmt::format("plan {} waits for nobody's approval", plan.id));
  }
  auto approval = approve(plan, actor_, report.read_at);
  if (!approval) return failed(std::move(approval).error() + "; nothing was approved");
  const Instant until = approval->at + kApprovalHolds;
  TRY_ASSIGN(Memory memory, ports_.journal.recall(worker()));
  memory.approval = *std::move(approval);
  TRY(keep_and_tell(memory, PruneApproved{plan.id, plan.ready.size(), actor_, until}));
  return done(fmt::format("plan {} is approved until {}", plan.id, format_rfc3339(until)));
}

Result<Version> Operator::find(const std::string& text) {
  TRY_ASSIGN(const Listing listing, reconciler_.list(worker()));
  return resolve_version(listing, text);
}

Result<void> Operator::keep_and_tell(const Memory& memory, EventBody event) {
  TRY(ports_.journal.keep(worker(), memory));
  Teller teller(ports_, {assignment_.account->name, worker(), RunId(),
                         assignment_.config->generation, assignment_.config->mode, actor_});
  teller.tell(std::move(event));
  return {};
}

Answer no_such_worker(const WorkerId& worker, const AccountName& account) {
  return {kExitUsage, Done{fmt::format("no Worker `{}` is configured in account {}", worker.text(),
                                       account.text())}};
}

Answer answer_of(const Failure& failure) {
  return {exit_code(failure), Done{failure.sentence()}};
}

Answer still_waiting(const std::string& until, const Failure& why) {
  return {exit_code(why),
          Done{fmt::format("{}, and Cloudflare is not called before: {}", until, why.sentence())}};
}

Answer answer_of(const PassOutcome& outcome) {
  if (outcome.failure) return answer_of(*outcome.failure);
  return done(outcome.summary);
}

Answer answer_of(const Done& approval, const PassOutcome& outcome) {
  const std::size_t deleted = outcome.writes.deleted.size();
  if (outcome.failure) {
    return {exit_code(*outcome.failure),
            Done{fmt::format("{}; {} deleted, then: {}", approval.sentence, deleted,
                             outcome.failure->sentence())}};
  }
  return {outcome.held == 0 ? int{kExitOk} : int{kExitFailed},
          Done{fmt::format("{}; {} deleted; {}", approval.sentence, deleted, outcome.summary)}};
}

}  // namespace rollout
