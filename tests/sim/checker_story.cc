// SPDX-License-Identifier: Apache-2.0
// The checker's other half: the process, its journal and story, people, and the end.
#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/checker.h"

namespace rollout {

// --- the process

void Checker::started(bool recovering) {
  const Tick now = world_.tick();
  starts_.push_back(now);
  recovering_since_ = recovering ? std::optional(now) : std::nullopt;
  step_noticed_.reset();
  stepped_ = false;
  configuration_broken_ = false;
  for (auto& [worker, side] : sides_) {
    side.malformed.reset();
    side.listed_well = false;
    side.removals = 0;
    side.listings = 0;
  }
}

void Checker::recovered() {
  recovering_since_.reset();
}

/// Everything that only the journal knew is forgotten, and so is what follows from it.
void Checker::journal_lost() {
  world_.sometimes("journal lost");
  pins_.clear();
  for (auto& [worker, side] : sides_) {
    side.condemned.clear();
    side.posted.clear();
    side.suspended = false;
    side.approved.clear();
    side.agreed.reset();
    side.held = true;
    for (auto& [digest, story] : side.builds) {
      story.forgotten = true;
      story.refused = false;
      if (story.doubt) story.doubt->forgotten = true;
    }
  }
}

void Checker::woke() {
  if (stepped_) step_noticed_ = world_.tick();
  stepped_ = false;
}

void Checker::configured(const Config& config) {
  mode_ = config.mode;
  const PolicyEdition edition = edition_of(config.workers.front().retention->text);
  const bool changed = edition.number != policy_.number;
  policy_ = edition;
  configuration_broken_ = false;
  for (auto& [worker, side] : sides_) {
    if (changed) side.approved.clear();
    for (auto& [digest, story] : side.builds) story.refused = false;
  }
}

void Checker::wall_clock_stepped(Millis by) {
  if (by > std::chrono::seconds(30) || by < -std::chrono::seconds(30)) stepped_ = true;
}

// --- what it remembers and tells

void Checker::kept(const WorkerId& worker, const Memory& memory) {
  Side& side = sides_[worker];
  std::map<VersionId, Condemned> condemned;
  for (const auto& [version, seen] : memory.versions) {
    if (!seen.condemned_for) continue;
    // A clock that goes back begins anew.
    const auto before = side.condemned.find(version);
    const bool goes_on =
        before != side.condemned.end() && *seen.condemned_for >= before->second.counted;
    condemned[version] = {goes_on ? before->second.since : world_.tick(), *seen.condemned_for};
  }
  side.condemned = std::move(condemned);
  follow_policy(worker, side, memory);
}

void Checker::told(const Event& event) {
  Side& side = sides_[event.worker];
  if (std::holds_alternative<PassFinished>(event.body)) {
    side.removals = 0;
    side.listings = 0;
  } else if (const auto* approval = std::get_if<PruneApproved>(&event.body)) {
    approved(side, approval->plan_id);
  } else if (const auto* twin = std::get_if<VersionDuplicate>(&event.body)) {
    side.builds[twin->digest].twin_untold = false;
  } else if (const auto* planned = std::get_if<PrunePlanned>(&event.body)) {
    side.stopped = planned->remove > 0 && !planned->stops.empty();
    for (const std::string& stop : planned->stops) {
      if (stop.starts_with("the policy has changed")) side.of_change.insert(planned->plan_id);
    }
    if (side.stopped) world_.sometimes("plan halted");
  }
}

// --- what people do

void Checker::person_deleted(const WorkerId& worker, const Version& version) {
  Side& side = sides_[worker];
  const auto build = build_in(version);
  const auto hash = build ? Sha256::from_hex(*build) : std::nullopt;
  if (!hash) return;
  side.gone_by_person.insert({*hash});
  // Its answer was lost, and it went before any listing was read: nobody can know that it was
  // there.
  Story& story = side.builds[{*hash}];
  if (story.doubt) story.forgotten = true;
}

void Checker::twin_made(const WorkerId& worker, const BundleDigest& digest) {
  Story& story = sides_[worker].builds[digest];
  story.exempt = true;
  story.twin_untold = true;
}

void Checker::suspended(const WorkerId& worker) {
  sides_[worker].suspended = true;
}

void Checker::resumed(const WorkerId& worker) {
  sides_[worker].suspended = false;
  sides_[worker].held = false;
  refused_removals_.clear();
}

// --- the end

void Checker::converged(const WorkerId& worker, const Memory& durable) {
  Side& side = sides_[worker];
  if (!durable.intents.empty()) broken("converge", worker, "an intent is still open");
  // Promises 1 and 8
  for (const Published& build : disk_.published(worker)) {
    const Story& story = side.builds[build.digest];
    if (!build.taggable || story.refused || story.exempt) continue;
    const auto alive = cloud_.carriers(worker, build.digest).size();
    if (alive == 1 || (alive == 0 && side.gone_by_person.contains(build.digest))) continue;
    broken("1 exactly one", worker,
           fmt::format("{} has {} versions at the end", build.digest.brief(), alive));
  }
  // Promise 5
  for (const auto& [digest, story] : side.builds) {
    if (story.twin_untold && cloud_.carriers(worker, digest).size() > 1) {
      broken("5 duplicate", worker, fmt::format("nobody told of the twins of {}", digest.brief()));
    }
  }
  for (const Version& version : cloud_.versions(worker)) {
    if (!must_be_gone(worker, version, durable)) continue;
    broken("converge", worker, fmt::format("nothing holds version {}", version.number));
  }
}

/// Strict on what it says must go: whatever could hold a version counts as holding it.
bool Checker::must_be_gone(const WorkerId& worker, const Version& version,
                           const Memory& durable) const {
  const Side& side = sides_.at(worker);
  const std::string& tag = version.annotations.tag;
  const auto build = build_in(version);
  if (!build || !version.created_on || group_of(version).empty() || side.stopped) return false;
  if (world_.truth() - *version.created_on < kGrace + std::chrono::hours(48)) return false;
  if (rank_of(cloud_.versions(worker), version) <= policy_.keep_last) return false;
  if (tag.ends_with('0') || tag.ends_with('7')) return false;
  for (const Version& other : cloud_.versions(worker)) {
    // Within a day before another one of its group: a window may reach back to it.
    if (build_in(other) && other.created_on && *other.created_on > *version.created_on &&
        *other.created_on - *version.created_on < std::chrono::hours(24) &&
        group_of(other) == group_of(version)) {
      return false;
    }
  }
  if (durable.pins.contains(version.id) || refused_removals_.contains(version.id)) return false;
  for (const Published& on_disk : disk_.published(worker)) {
    if (on_disk.digest.hex() == *build) return false;
  }
  for (const Deployment& deployment : cloud_.deployments(worker).deployments) {
    for (const Share& share : deployment.versions) {
      if (share.version == version.id) return false;
    }
  }
  return true;
}

}  // namespace rollout
