// SPDX-License-Identifier: Apache-2.0
// The checker's third part: the language of the policies, as far as the workload speaks it, and
// what a person must have agreed to.
#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/checker.h"

namespace rollout {
namespace {

/// An approval holds for 15 minutes; the pass that it lets through may take its time.
constexpr Millis kApprovalHolds = std::chrono::hours(2);
/// A run that began inside the window may end outside.
constexpr Millis kOverrun = std::chrono::minutes(30);
constexpr Millis kWithin = std::chrono::hours(20);
constexpr Millis kSoak = std::chrono::minutes(15);
constexpr std::size_t kRollback = 2;

bool has_all(const Deployment& deployment) {
  return deployment.versions.size() == 1 && deployment.versions.front().percentage >= 100;
}

/// Versions that had all traffic for long enough in one stretch, and when that ended.
std::map<VersionId, Instant> stable(const DeploymentHistory& history, Instant now) {
  std::map<VersionId, Instant> found;
  const auto& newest_first = history.deployments;
  for (std::size_t i = newest_first.size(); i-- > 0;) {
    if (!has_all(newest_first[i])) continue;
    const VersionId& version = newest_first[i].versions.front().version;
    const Instant from = *newest_first[i].created_on;
    while (i > 0 && has_all(newest_first[i - 1]) &&
           newest_first[i - 1].versions.front().version == version) {
      --i;
    }
    const Instant to = i == 0 ? now : *newest_first[i - 1].created_on;
    if (to - from >= kSoak) found[version] = to;
  }
  return found;
}

}  // namespace

// --- what a person must have agreed to

void Checker::approving(const WorkerId& worker, const std::string& plan,
                        std::set<VersionId> versions) {
  Side& side = sides_[worker];
  const bool of_change =
      side.of_change.contains(plan) || std::ranges::any_of(versions, [&](const VersionId& version) {
        return is_lost(worker, side, version);
      });
  side.approved.push_back({plan, world_.tick(), std::move(versions), of_change});
}

/// A command may wait for hours behind a call that hangs; then it holds from its answer.
void Checker::approved(Side& side, const std::string& plan) const {
  for (Approved& asked : side.approved) {
    if (asked.plan == plan) asked.at = world_.tick();
  }
}

/// The policy condemns it, and the one that was agreed to keeps it among the last of its group.
bool Checker::is_lost(const WorkerId& worker, const Side& side, const VersionId& version) const {
  if (!side.agreed || side.agreed->number == policy_.number) return false;
  if (!side.condemned.contains(version)) return false;
  const auto listed = std::ranges::find(side.listing, version, &Version::id);
  return listed != side.listing.end() && !is_twin(worker, *listed) && !group_of(*listed).empty() &&
         rank_of(side.listing, *listed) <= side.agreed->keep_last;
}

/// A plan was made and kept. The policy is agreed to where it takes nothing, or where what a person
/// approved has happened.
void Checker::follow_policy(const WorkerId& worker, Side& side, const Memory& memory) {
  if (mode_ == Mode::observe || memory.policy_hash != hash_of(policy_)) return;
  const bool takes = std::ranges::any_of(side.condemned, [&](const auto& condemned) {
    return is_lost(worker, side, condemned.first);
  });
  const bool done = std::ranges::any_of(side.approved, [&](const Approved& approved) {
    return approved.of_change &&
           std::ranges::none_of(approved.versions, [&](const VersionId& version) {
             return cloud_.find(worker, version) != nullptr;
           });
  });
  if (takes && !done) {
    world_.sometimes("a changed policy would take what the former kept");
    return;
  }
  if (takes) world_.sometimes("a person agreed to a policy");
  side.agreed = policy_;
}

void Checker::check_person(const WorkerId& worker, const Version& victim, const Side& side) {
  const bool approved = std::ranges::any_of(side.approved, [&](const Approved& one) {
    return world_.tick() - one.at < kApprovalHolds && one.versions.contains(victim.id);
  });
  if (approved) {
    world_.sometimes("an approved delete");
    return;
  }
  if (setup_.approve_over && side.removals >= *setup_.approve_over) {
    broken("approval missing", worker,
           fmt::format("version {} is delete {} of this pass, and nobody approved it",
                       victim.number, side.removals + 1));
  }
  if (is_lost(worker, side, victim.id)) {
    broken("ratchet broken", worker,
           fmt::format("the policy before keeps version {}, and nobody approved its end",
                       victim.number));
  }
}

// --- the rules

/// What every edition of the policy keeps.
void Checker::check_rules(const WorkerId& worker, const Version& victim, const Side& side) {
  const std::string& tag = victim.annotations.tag;
  if (tag.ends_with('7')) broken("pin pattern", worker, fmt::format("a DELETE of {}", tag));
  if (tag.ends_with('0') && (!setup_.grouped || tag.starts_with('v'))) {
    broken("tagged rule", worker, fmt::format("a DELETE of {}", tag));
  }
  if (setup_.grouped || !victim.created_on) return;
  for (const Version& other : side.listing) {
    if (!build_in(other) || !other.created_on || *other.created_on > world_.truth()) continue;
    if (*victim.created_on >= *other.created_on - kWithin) continue;
    return;  // It is older than the window before this one, and so before the newest.
  }
  broken("within rule", worker, fmt::format("a DELETE of version {}", victim.number));
}

// R3: whoever must go back finds something to go back to.
void Checker::check_rollback(const WorkerId& worker, const Version& victim, const Side& side) {
  auto candidates = stable(side.history_when_read, world_.truth());
  const auto own = candidates.find(victim.id);
  if (own == candidates.end()) return;
  std::size_t later = 0;
  for (const Version& other : side.listing) {
    const auto found = candidates.find(other.id);
    if (found == candidates.end() || side.serving_when_read.contains(other.id)) continue;
    if (build_in(other) && other.created_on && found->second > own->second) ++later;
  }
  if (later < kRollback) {
    broken("R3 rollback", worker,
           fmt::format("a DELETE of version {}, one of the last {} that were stable", victim.number,
                       kRollback));
  }
}

/// Mondays to Saturdays from 5 to 21 o'clock, UTC.
void Checker::check_window(const WorkerId& worker) {
  if (!setup_.windowed) return;
  const auto is_open = [](Instant at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const auto since_thursday = day.time_since_epoch().count() % 7;  // 1970-01-01 was one.
    const Millis time = at - day;
    return since_thursday != 3 && time >= std::chrono::hours(5) && time < std::chrono::hours(21);
  };
  if (is_open(world_.truth()) || is_open(world_.truth() - kOverrun)) {
    world_.sometimes("a delete inside its window");
    return;
  }
  broken("window closed", worker, "a DELETE outside of it");
}

}  // namespace rollout
