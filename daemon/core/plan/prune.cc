// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/prune.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "daemon/core/policy/absence.h"
#include "daemon/core/policy/retention.h"

namespace rollout {
namespace {

/// Nothing younger than twice the time in which a lost create may still appear is deleted.
constexpr int kSettleFactor = 2;

bool oldest_first(const PruneVersion& a, const PruneVersion& b) {
  return std::tie(a.number, a.version) < std::tie(b.number, b.version);
}

bool old_enough(const Observed& observed, const std::optional<Instant>& created_on) {
  return created_on && observed.now - *created_on >= kSettleFactor * observed.account->timing.t_max;
}

std::string why_kept(const Verdict& verdict) {
  const Reason& reason = verdict.reasons.front();
  if (reason.code != ReasonCode::rule) return std::string(to_string(reason.code));
  return fmt::format("{} {}", reason.rule, reason.limit);
}

/// Runs the grace clock of every version and returns those whose time is over, oldest first.
class GraceClocks {
 public:
  /// `twins` go for another reason than a verdict.
  GraceClocks(const Observed& observed, Plan& plan, std::map<VersionId, PruneVersion> twins)
      : observed_(observed),
        plan_(plan),
        policy_(observed.worker->retention.get()),
        twins_(std::move(twins)) {
    const Duration grace = policy_ != nullptr ? policy_->limits.grace : RunLimits{}.grace;
    const Zone zone = policy_ != nullptr ? policy_->timezone : Zone();
    grace_ = observed.now - minus(observed.now, grace, zone);
  }

  std::vector<PruneVersion> run() {
    const std::string hash = policy_ != nullptr ? policy_->hash : "";
    if (plan_.memory.policy_hash != hash) {
      for (auto& [id, seen] : plan_.memory.versions) seen.condemned_for.reset();
      plan_.memory.policy_hash = hash;
    }
    for (const Verdict& verdict : plan_.verdicts) judge(verdict);
    if (policy_ == nullptr) {
      for (const Version& version : observed_.listing.versions) judge(version);
    }
    std::sort(ready_.begin(), ready_.end(), oldest_first);
    return std::move(ready_);
  }

 private:
  void judge(const Verdict& verdict) {
    const auto twin = twins_.find(verdict.version);
    if (!verdict.kept()) {
      condemned({verdict.version, verdict.number, verdict.tag, verdict.created_on, {}}, &verdict);
    } else if (twin != twins_.end()) {
      condemned(twin->second);
    } else {
      kept(verdict.version, verdict.number, why_kept(verdict));
    }
  }

  void judge(const Version& version) {
    const auto twin = twins_.find(version.id);
    if (twin != twins_.end()) {
      condemned(twin->second);
    } else {
      kept(version.id, version.number, "nothing says that it is to go");
    }
  }

  /// None where a suspicious listing shows what is not remembered: it teaches nothing.
  std::optional<Millis>* clock_of(const VersionId& version) {
    const auto found = plan_.memory.versions.find(version);
    return found == plan_.memory.versions.end() ? nullptr : &found->second.condemned_for;
  }

  void kept(const VersionId& version, std::uint64_t number, std::string why) {
    std::optional<Millis>* clock = clock_of(version);
    if (clock == nullptr || !*clock) return;
    plan_.events.emplace_back(PruneUnmarked{version, number, std::move(why)});
    clock->reset();
  }

  /// Without its verdict, `prune` has a reason already.
  void condemned(PruneVersion prune, const Verdict* verdict = nullptr) {
    std::optional<Millis>* clock = clock_of(prune.version);
    if (clock == nullptr) return;
    const bool ripe = *clock && **clock + observed_.elapsed >= grace_;
    if (verdict != nullptr && (!*clock || ripe)) prune.reason = because(*verdict);
    if (*clock) {
      **clock += observed_.elapsed;
    } else {
      *clock = Millis(0);
      const bool acts = observed_.mode == Mode::enforce;
      plan_.events.emplace_back(
          PruneMarked{prune.version, prune.number, prune.tag, prune.reason,
                      acts ? std::nullopt : std::optional(observed_.now + grace_)});
    }
    if (**clock >= grace_ && old_enough(observed_, prune.created_on)) {
      ready_.push_back(std::move(prune));
      return;
    }
    ++plan_.waiting;
    const Tick due = observed_.tick + std::max(grace_ - **clock, Millis(1));
    plan_.look_again = plan_.look_again ? std::min(*plan_.look_again, due) : due;
  }

  std::string because(const Verdict& verdict) {
    if (!absences_) absences_.emplace(*policy_, plan_.verdicts);
    return fmt::format("no rule of policy {} keeps it in group {}: {}", policy_->name.text(),
                       verdict.group, absences_->of(verdict));
  }

  const Observed& observed_;
  Plan& plan_;
  const RetentionPolicy* policy_;
  std::map<VersionId, PruneVersion> twins_;
  Millis grace_{};
  std::optional<Absences> absences_;  ///< Not before somebody asks.
  std::vector<PruneVersion> ready_;
};

void add_stop(std::vector<Stop>& stops, bool condition, StopCode code, std::string message) {
  if (condition) stops.push_back({code, std::move(message)});
}

/// A root that lost its finished builds may be another one in its place: what was on disk would no
/// longer be protected. Without a marker a stray file would be a build itself.
bool has_lost_its_builds(const Observed& observed, const Memory& memory) {
  const auto& build = observed.worker->build;
  return build && std::holds_alternative<ReadyMarker>(build->ready) &&
         !observed.builds.unavailable && observed.builds.builds.empty() &&
         memory.builds_seen_in == build->path;
}

/// The stops that have nothing to do with how much would go.
void add_circumstances(const Observed& observed, const Memory& memory, std::vector<Stop>& stops) {
  const Hazards& hazards = observed.hazards;
  add_stop(stops, observed.mode == Mode::observe, StopCode::ObserveMode,
           "the mode is observe: nothing is written; set `mode: enforce` to act");
  add_stop(stops, is_suspended(observed), StopCode::Suspended,
           "the Worker is suspended; `rolloutctl resume` lifts it");
  add_stop(stops, hazards.configuration_broken, StopCode::ConfigurationBroken,
           "the last reload failed; nothing is deleted until the configuration is mended");
  add_stop(
      stops, observed.builds.unavailable.has_value(), StopCode::RootUnavailable,
      fmt::format("the build root cannot be read: {}", observed.builds.unavailable.value_or("")));
  add_stop(stops, has_lost_its_builds(observed, memory), StopCode::RootUnavailable,
           fmt::format("no finished build is in {}, where there was one; is its file system "
                       "mounted? Finish a build there, or take `build` from the configuration",
                       memory.builds_seen_in));
  const bool ambiguous =
      std::any_of(memory.intents.begin(), memory.intents.end(),
                  [](const OpenIntent& open) { return open.intent.kind == IntentKind::create; });
  add_stop(stops, ambiguous, StopCode::CreateAmbiguous,
           "it is not yet known whether a create happened");
  add_stop(stops, hazards.clock_suspect, StopCode::ClockSuspect,
           "a clock was wrong less than an hour ago: this host's jumped, or Cloudflare's answers "
           "did not agree about the time");
  add_stop(stops, hazards.bad_reads, StopCode::BadReads,
           "a listing or a read of the deployments was bad less than an hour ago");
  add_stop(stops, hazards.many_creates, StopCode::ManyCreates,
           "more than 20 versions were created within an hour");
  add_stop(stops, hazards.recovering, StopCode::JournalLost,
           "the journal was lost; first the listing has to settle");
  add_stop(stops, memory.prune_held, StopCode::PruneHeld,
           fmt::format("{}; when that is clear, `rolloutctl resume {}`", memory.prune_held_because,
                       observed.worker->id.text()));
}

/// Outside its window a policy deletes nothing.
void add_window(const Observed& observed, std::vector<Stop>& stops) {
  const RetentionPolicy* policy = observed.worker->retention.get();
  if (policy == nullptr || !policy->limits.window) return;
  const Window& window = *policy->limits.window;
  add_stop(stops, !window.is_open(observed.now, policy->timezone), StopCode::OutsideWindow,
           fmt::format("it is {} in {}, outside the window {}",
                       format_wall_time(wall_time(observed.now, policy->timezone)),
                       policy->timezone.name(), window.text()));
}

bool may_empty(const RetentionPolicy& policy, const std::string& label) {
  const Group* group = find_group(policy, label);
  return group != nullptr && group->min_keep == 0;
}

/// The stops that depend on what would go.
void add_limits(const Observed& observed, const Plan& plan, std::vector<Stop>& stops) {
  const RunLimits limits =
      observed.worker->retention != nullptr ? observed.worker->retention->limits : RunLimits{};
  const std::size_t going = plan.ready.size();
  std::size_t in_scope = plan.verdicts.empty() ? observed.listing.versions.size() : 0;
  std::map<std::string, std::size_t> left;
  std::map<std::string, std::size_t> members;
  for (const Verdict& verdict : plan.verdicts) {
    if (!verdict.in_scope) continue;
    ++in_scope;
    if (verdict.group.empty()) continue;
    ++members[verdict.group];
    if (verdict.kept()) ++left[verdict.group];
  }
  add_stop(stops, going > limits.max_deletes, StopCode::MaxDeletes,
           fmt::format("{} deletes exceed max_deletes {}; nothing is deleted", going,
                       limits.max_deletes));
  add_stop(
      stops, going > 1 && going * 100 > limits.max_percent * in_scope, StopCode::MaxPercent,
      fmt::format("{} of {} versions ({} %) exceed max_percent {} %; nothing is deleted", going,
                  in_scope, in_scope == 0 ? 0 : going * 100 / in_scope, limits.max_percent));
  for (const auto& [group, count] : members) {
    if (may_empty(*observed.worker->retention, group)) continue;
    add_stop(stops, left[group] == 0, StopCode::GroupWouldEmpty,
             fmt::format("group {} would lose all of its {} versions", group, count));
  }
}

/// Which twins may go. Never the last copy of a build, and never what the policy, or its defaults,
/// protects.
class TwinGuard {
 public:
  TwinGuard(const Observed& observed, const Plan& plan)
      : observed_(observed), memory_(plan.memory) {
    for (const Deployment& deployment : observed.deployments.deployments) {
      for (const Share& share : deployment.versions) deployed_.insert(share.version);
    }
    for (const Version& version : observed.listing.versions) {
      highest_ = std::max(highest_, version.number);
    }
    for (const Verdict& verdict : plan.verdicts) verdicts_.emplace(verdict.version, &verdict);
    if (observed.worker->retention != nullptr) protect_ = observed.worker->retention->protect;
  }

  /// A family that was ever deployed, or of which something is pinned, is left to a person; so is
  /// one whose first version is condemned itself, for then every copy would go.
  bool may_shrink(const Family& family) const {
    return untouched(family.kept) && verdict_keeps(family.kept) &&
           std::all_of(family.others.begin(), family.others.end(),
                       [this](const Version& twin) { return untouched(twin); });
  }

  bool may_go(const Version& twin) const {
    const auto seen = memory_.versions.find(twin.id);
    if (seen == memory_.versions.end() || seen->second.refused || is_newest(twin)) return false;
    const Instant young = minus(observed_.now, protect_.min_age);
    return old_enough(observed_, twin.created_on) && *twin.created_on <= young &&
           seen->second.first_seen <= young;
  }

 private:
  bool untouched(const Version& version) const {
    const bool pinned = std::any_of(
        protect_.pin.begin(), protect_.pin.end(),
        [&](const Pattern& pattern) { return pattern.matches(version.annotations.tag); });
    return !pinned && !deployed_.contains(version.id) && !memory_.pins.contains(version.id);
  }

  bool verdict_keeps(const Version& version) const {
    const auto found = verdicts_.find(version.id);
    return found == verdicts_.end() || found->second->kept();
  }

  /// Of all, or of its group: its number would be missed, and the group's newest always stays.
  bool is_newest(const Version& twin) const {
    if (twin.number == highest_) return true;
    const auto found = verdicts_.find(twin.id);
    if (found == verdicts_.end()) return false;
    const auto& reasons = found->second->reasons;
    return std::any_of(reasons.begin(), reasons.end(),
                       [](const Reason& reason) { return reason.code == ReasonCode::floor; });
  }

  const Observed& observed_;
  const Memory& memory_;
  Protections protect_;
  std::set<VersionId> deployed_;
  std::map<VersionId, const Verdict*> verdicts_;
  std::uint64_t highest_ = 0;
};

/// The twins of versions that may go, where the configuration asks for their removal.
std::map<VersionId, PruneVersion> twins_to_remove(const Observed& observed, const Plan& plan) {
  std::map<VersionId, PruneVersion> twins;
  if (observed.worker->duplicates != Duplicates::remove) return twins;
  const TwinGuard guard(observed, plan);
  for (const Family& family : duplicates(observed.listing)) {
    if (!guard.may_shrink(family)) continue;
    for (const Version& twin : family.others) {
      if (!guard.may_go(twin)) continue;
      twins.try_emplace(
          twin.id,
          PruneVersion{twin.id, twin.number, twin.annotations.tag, twin.created_on,
                       fmt::format("it carries the same build as version {}", family.kept.number),
                       family.kept.id});
    }
  }
  return twins;
}

}  // namespace

History history_of(const RetentionPolicy& policy, const Observed& observed, const Memory& memory) {
  History history;
  history.versions = observed.listing.versions;
  history.deployments = &observed.deployments;
  for (const auto& [version, pin] : memory.pins) history.pinned.insert(version);
  const Instant young = young_after(policy, observed.now);
  for (const auto& [version, seen] : memory.versions) {
    if (seen.first_seen > young) history.first_seen.emplace(version, seen.first_seen);
    if (seen.refused) history.refused.insert(version);
  }
  for (const Build& build : observed.builds.builds) history.on_disk.insert(build.digest);
  for (const auto& [root, digest] : memory.builds_at) history.on_disk.insert(digest);
  return history;
}

void plan_prune(const Observed& observed, Plan& plan) {
  add_circumstances(observed, plan.memory, plan.stops);
  for (Stop& stop : suspicions(observed)) plan.stops.push_back(std::move(stop));
  if (observed.worker->retention != nullptr) {
    const RetentionPolicy& policy = *observed.worker->retention;
    plan.verdicts = judge(policy, history_of(policy, observed, plan.memory), observed.now);
    plan.next_change = next_change(plan.verdicts, observed.now);
  }
  plan.ready = GraceClocks(observed, plan, twins_to_remove(observed, plan)).run();
  add_window(observed, plan.stops);
  add_limits(observed, plan, plan.stops);
}

}  // namespace rollout
