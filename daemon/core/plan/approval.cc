// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/approval.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/plan/prune.h"
#include "daemon/core/plan/ratchet.h"

namespace rollout {
namespace {

std::set<VersionId> versions_of(const std::vector<PruneVersion>& prunes) {
  std::set<VersionId> versions;
  for (const PruneVersion& prune : prunes) versions.insert(prune.version);
  return versions;
}

/// What of it is not done yet must be what would go now.
bool covers(const Approval& approval, const Observed& observed, const Plan& plan) {
  if (observed.now < approval.at || observed.now >= approval.at + kApprovalHolds) return false;
  if (observed.memory.policy_hash != plan.memory.policy_hash) return false;
  std::set<VersionId> left;
  for (const Version& version : observed.listing.versions) {
    if (approval.versions.contains(version.id)) left.insert(version.id);
  }
  return !left.empty() && left == versions_of(plan.ready);
}

/// Nothing of it is listed any more. A listing that may lack something proves nothing.
bool carried_out(const Approval& approval, const Observed& observed) {
  const auto& listed = observed.listing.versions;
  return suspicions(observed).empty() &&
         std::none_of(listed.begin(), listed.end(), [&](const Version& version) {
           return approval.versions.contains(version.id);
         });
}

/// An approval that does not cover the plan is done, or dead. Whoever approves the first plan after
/// a change of the policy agrees to the policy, once that plan has happened.
void settle_approval(const Observed& observed, Plan& plan) {
  std::optional<Approval>& approval = plan.memory.approval;
  if (!approval || covers(*approval, observed, plan)) return;
  const RetentionPolicy* policy = observed.worker->retention.get();
  if (policy != nullptr && policy->hash == approval->agrees_to &&
      carried_out(*approval, observed)) {
    plan.memory.agreed_policy = policy->hash;
  }
  approval.reset();
}

/// `1, 2, 3, ...`
std::string numbers_of(const std::vector<PruneVersion>& prunes) {
  constexpr std::size_t kShown = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(prunes.size(), kShown); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ", ", prunes[i].number);
  }
  return prunes.size() > kShown ? text + ", ..." : text;
}

void add_count(const Observed& observed, Plan& plan) {
  const RetentionPolicy* policy = observed.worker->retention.get();
  if (policy == nullptr || !policy->limits.approve_over) return;
  if (plan.ready.size() <= *policy->limits.approve_over) return;
  plan.stops.push_back(
      {StopCode::ApproveOver,
       fmt::format("{} deletes exceed approve_over {}; `rolloutctl apply {}` approves them",
                   plan.ready.size(), *policy->limits.approve_over, plan.id)});
}

void add_ratchet(Plan& plan) {
  const std::vector<PruneVersion> lost = kept_by_former(plan);
  if (lost.empty()) return;
  const PolicyChange& change = *plan.policy_change;
  const std::string former =
      change.unreadable.empty()
          ? fmt::format("policy {}, which was in force before, keeps", change.name.text())
          : fmt::format("the one before it cannot be read any more ({}) and may have kept",
                        change.unreadable);
  plan.stops.push_back(
      {StopCode::Ratchet,
       fmt::format("the policy has changed, and {} {} of {} versions to delete ({}); `rolloutctl "
                   "apply {}` approves it",
                   former, lost.size(), plan.ready.size(), numbers_of(lost), plan.id)});
}

/// A limit that nobody's word lifts: only another policy does.
bool is_limit(const Stop& stop) {
  return stop.code == StopCode::MaxDeletes || stop.code == StopCode::MaxPercent ||
         stop.code == StopCode::GroupWouldEmpty;
}

}  // namespace

bool lifted_by_approval(StopCode code) {
  return code == StopCode::ApproveOver || code == StopCode::Ratchet;
}

void ask_for_approval(const Observed& observed, Plan& plan) {
  settle_approval(observed, plan);
  compare_policies(observed, plan);
  if (plan.memory.approval) return;
  add_count(observed, plan);
  add_ratchet(plan);
}

std::expected<Approval, std::string> approve(const Plan& plan, const std::string& actor,
                                             Instant now) {
  const auto limit = std::find_if(plan.stops.begin(), plan.stops.end(), is_limit);
  if (limit != plan.stops.end()) {
    return std::unexpected(fmt::format("plan {} is beyond a limit, which no approval lifts: {}",
                                       plan.id, limit->message));
  }
  const bool first = !kept_by_former(plan).empty();
  return Approval{plan.id, versions_of(plan.ready), actor, now,
                  first ? plan.memory.policy_hash : std::string()};
}

}  // namespace rollout
