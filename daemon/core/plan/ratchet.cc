// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/ratchet.h"

#include <algorithm>
#include <utility>

#include "daemon/core/plan/prune.h"

namespace rollout {
namespace {

/// That Cloudflare refuses a delete is forgotten after a day: no policy keeps a version by it.
bool is_kept(const std::vector<Reason>& reasons) {
  return std::ranges::any_of(
      reasons, [](const Reason& reason) { return reason.code != ReasonCode::refused; });
}

/// Where the former policy cannot be read any more, it may have kept whatever nothing keeps now.
PolicyChange change_of(const Observed& observed, const Plan& plan) {
  PolicyChange change;
  change.former = observed.memory.agreed_policy;
  const RetentionPolicy* former = observed.former ? observed.former->policy.get() : nullptr;
  std::map<VersionId, std::vector<Reason>> reasons;
  if (former != nullptr) {
    change.name = former->name;
    const History history = history_of(*former, observed, plan.memory);
    for (Verdict& verdict : judge(*former, history, observed.now)) {
      reasons[verdict.version] = std::move(verdict.reasons);
    }
  } else if (observed.former) {
    change.unreadable = observed.former->unreadable;
  }
  for (const Verdict& verdict : plan.verdicts) {
    if (is_kept(verdict.reasons)) continue;
    if (former == nullptr || is_kept(reasons[verdict.version])) {
      change.lost.emplace(verdict.version, reasons[verdict.version]);
    }
  }
  return change;
}

}  // namespace

void compare_policies(const Observed& observed, Plan& plan) {
  const RetentionPolicy* policy = observed.worker->retention.get();
  if (policy == nullptr) return;
  std::string& agreed = plan.memory.agreed_policy;
  // A policy that is only looked at was never in force.
  const bool acts = observed.mode == Mode::enforce;
  if (agreed.empty() && acts) agreed = policy->hash;
  if (agreed.empty() || agreed == policy->hash) return;
  PolicyChange change = change_of(observed, plan);
  if (change.lost.empty() && acts && suspicions(observed).empty()) {
    agreed = policy->hash;
    return;
  }
  plan.policy_change = std::move(change);
}

std::vector<PruneVersion> kept_by_former(const Plan& plan) {
  std::vector<PruneVersion> found;
  if (!plan.policy_change) return found;
  for (const PruneVersion& prune : plan.ready) {
    if (plan.policy_change->lost.contains(prune.version)) found.push_back(prune);
  }
  return found;
}

}  // namespace rollout
