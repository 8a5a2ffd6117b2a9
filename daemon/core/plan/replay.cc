// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/replay.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "daemon/core/plan/approval.h"

namespace rollout {
namespace {

constexpr Millis kDay = std::chrono::hours(24);

/// The stops that ask for no more than a person's word.
bool can_be_lifted(StopCode code) {
  return code == StopCode::MaxDeletes || code == StopCode::MaxPercent || lifted_by_approval(code);
}

/// Those with a date, oldest first.
std::vector<const Deployment*> in_order(const DeploymentHistory& history) {
  std::vector<const Deployment*> all;
  for (auto it = history.deployments.rbegin(); it != history.deployments.rend(); ++it) {
    if (it->created_on) all.push_back(&*it);
  }
  return all;
}

class Walk final {
 public:
  Walk(const RecordedList& list, RetentionPolicy policy, const ReplaySpan& span)
      : deployments_(in_order(list.history)) {
    policy.limits.window.reset();  // It opens again within the week.
    account_.timing.t_max = Millis(0);
    worker_.id = WorkerId("replay");
    observed_.memory.policy_hash = policy.hash;
    worker_.retention = std::make_shared<const RetentionPolicy>(std::move(policy));
    observed_.worker = &worker_;
    observed_.account = &account_;
    observed_.mode = Mode::enforce;
    for (const VersionId& pin : list.pins) observed_.memory.pins[pin] = {"in the list", "", {}};
    sort_arrivals(list.listing);
    result_.until = span.until;
    result_.since = std::min(span.since, span.until);
    const auto first = std::find_if(arrivals_.begin(), arrivals_.end(),
                                    [](const Version* version) { return version->created_on; });
    if (first != arrivals_.end()) {
      result_.since = std::max(result_.since, std::min(*(*first)->created_on, span.until));
    }
    count_unlisted(list.listing);
  }

  Replay run() {
    for (Instant day = result_.until - (result_.until - result_.since) / kDay * kDay;
         day <= result_.until; day += kDay) {
      arrive(day);
      deploy(day);
      look(day);
      ++result_.days;
    }
    result_.versions = arrived_;
    return std::move(result_);
  }

 private:
  /// What has no date was always there.
  void sort_arrivals(const Listing& listing) {
    for (const Version& version : listing.versions) arrivals_.push_back(&version);
    std::sort(arrivals_.begin(), arrivals_.end(), [](const Version* a, const Version* b) {
      return std::tie(a->created_on, a->number, a->id) < std::tie(b->created_on, b->number, b->id);
    });
  }

  void count_unlisted(const Listing& listing) {
    std::set<VersionId> unknown;
    for (const Deployment* deployment : deployments_) {
      if (*deployment->created_on < result_.since || *deployment->created_on > result_.until) {
        continue;
      }
      for (const Share& share : deployment->versions) unknown.insert(share.version);
    }
    for (const Version& version : listing.versions) unknown.erase(version.id);
    result_.unlisted = unknown.size();
  }

  void arrive(Instant day) {
    auto& versions = observed_.listing.versions;
    const std::size_t before = arrived_;
    while (arrived_ < arrivals_.size() && arrivals_[arrived_]->created_on.value_or(day) <= day) {
      const Version& version = *arrivals_[arrived_++];
      versions.push_back(version);
      observed_.memory.versions[version.id].first_seen = version.created_on.value_or(day);
    }
    if (arrived_ == before) return;
    std::sort(versions.begin(), versions.end(), [](const Version& a, const Version& b) {
      return std::tie(b.number, b.id) < std::tie(a.number, a.id);
    });
  }

  /// What was deployed since the last day, but for what can no longer be.
  void deploy(Instant day) {
    for (; deployed_ < deployments_.size() && *deployments_[deployed_]->created_on <= day;
         ++deployed_) {
      const Deployment& deployment = *deployments_[deployed_];
      if (!breaks(deployment)) {
        auto& history = observed_.deployments.deployments;
        history.insert(history.begin(), deployment);
      }
      for (const Share& share : deployment.versions) {
        if (share.percentage > 0) served_.insert(share.version);
      }
    }
  }

  bool breaks(const Deployment& deployment) {
    bool broken = false;
    for (const Share& share : deployment.versions) {
      const auto found = gone_.find(share.version);
      if (found == gone_.end()) continue;
      const GoneVersion& gone = result_.gone[found->second];
      broken = true;
      result_.broken.push_back({.kind = served_.contains(share.version)
                                            ? BrokenDeployment::Kind::rollback
                                            : BrokenDeployment::Kind::first,
                                .at = *deployment.created_on,
                                .version = gone.version,
                                .gone_at = gone.at});
    }
    return broken;
  }

  void look(Instant day) {
    observed_.now = observed_.host_now = day;
    observed_.elapsed = result_.days == 0 ? Millis(0) : kDay;
    observed_.tick += kDay;
    // The list is complete: that a number went is no sign of the contrary.
    observed_.memory.highest_number = 0;
    observed_.memory.had_deployment = false;
    Plan plan = rollout::plan(observed_);
    remember_holds(plan.verdicts);
    observed_.memory = std::move(plan.memory);
    yesterday_ = std::move(plan.verdicts);
    if (plan.ready.empty()) return;
    bool waits = false;
    for (const Stop& stop : plan.stops) {
      note(stop, day);
      waits = waits || !can_be_lifted(stop.code);
    }
    if (waits) return;
    for (const PruneVersion& prune : plan.ready) remove(prune.version, day);
    std::erase_if(observed_.listing.versions,
                  [&](const Version& version) { return gone_.contains(version.id); });
  }

  /// What held each condemned version on the last day on which something did.
  void remember_holds(const std::vector<Verdict>& verdicts) {
    for (const Verdict& verdict : verdicts) {
      if (verdict.kept()) {
        held_by_.erase(verdict.version);
      } else if (const auto [entry, fresh] = held_by_.try_emplace(verdict.version); fresh) {
        entry->second = reasons_of(verdict);
      }
    }
  }

  std::vector<Reason> reasons_of(const Verdict& verdict) const {
    const auto known =
        std::lower_bound(yesterday_.begin(), yesterday_.end(), verdict.number,
                         [](const Verdict& each, auto number) { return each.number > number; });
    const auto same = std::find_if(known, yesterday_.end(), [&](const Verdict& each) {
      return each.number != verdict.number || each.version == verdict.version;
    });
    const bool found = same != yesterday_.end() && same->version == verdict.version;
    return found ? same->reasons : std::vector<Reason>();
  }

  void note(const Stop& stop, Instant day) {
    auto known = std::find_if(result_.stopped.begin(), result_.stopped.end(),
                              [&](const StoppedDays& each) { return each.code == stop.code; });
    if (known == result_.stopped.end()) {
      known = result_.stopped.insert(known, {.code = stop.code,
                                             .message = stop.message,
                                             .first = day,
                                             .days = 0,
                                             .waits = !can_be_lifted(stop.code)});
    }
    ++known->days;
  }

  void remove(const VersionId& id, Instant day) {
    const auto& versions = observed_.listing.versions;
    const auto version = std::find_if(versions.begin(), versions.end(),
                                      [&](const Version& each) { return each.id == id; });
    const auto verdict = std::find_if(yesterday_.begin(), yesterday_.end(),
                                      [&](const Verdict& each) { return each.version == id; });
    gone_.emplace(id, result_.gone.size());
    result_.gone.push_back({.version = *version,
                            .group = verdict->group,
                            .at = day,
                            .held_by = std::move(held_by_[id])});
  }

  Replay result_;
  AccountConfig account_;
  WorkerConfig worker_;
  Observed observed_;
  std::vector<const Version*> arrivals_;  ///< Oldest first.
  std::size_t arrived_ = 0;
  std::vector<const Deployment*> deployments_;
  std::size_t deployed_ = 0;
  std::set<VersionId> served_;
  std::map<VersionId, std::size_t> gone_;             ///< Where in the result.
  std::map<VersionId, std::vector<Reason>> held_by_;  ///< Of those that are condemned.
  std::vector<Verdict> yesterday_;                    ///< Of the last day that was looked at.
};

}  // namespace

Replay replay(const RecordedList& list, RetentionPolicy policy, const ReplaySpan& span) {
  return Walk(list, std::move(policy), span).run();
}

std::vector<ReplayedChange> changed_fates(const Replay& before, const Replay& after) {
  std::map<std::pair<std::uint64_t, VersionId>, ReplayedChange> all;
  for (const GoneVersion& gone : before.gone) {
    all[{gone.version.number, gone.version.id}].before = gone;
  }
  for (const GoneVersion& gone : after.gone) {
    all[{gone.version.number, gone.version.id}].after = gone;
  }
  std::vector<ReplayedChange> changes;
  for (auto it = all.rbegin(); it != all.rend(); ++it) {
    if (!it->second.before || !it->second.after) changes.push_back(std::move(it->second));
  }
  return changes;
}

}  // namespace rollout
