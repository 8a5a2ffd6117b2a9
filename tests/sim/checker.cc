// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace rollout {
namespace {

constexpr Millis kFresh = std::chrono::seconds(5);
constexpr Millis kRelist = std::chrono::seconds(30);
constexpr Millis kHour = std::chrono::hours(1);
constexpr Millis kWindow = std::chrono::minutes(5);
constexpr std::size_t kBurst = 30;  // The budget that the configuration does not change.
constexpr std::size_t kPerWindow = kBurst + 300;

bool is_open(const Memory& durable, IntentKind kind, const auto& matches) {
  return std::any_of(durable.intents.begin(), durable.intents.end(), [&](const OpenIntent& open) {
    return open.intent.kind == kind && matches(open.intent);
  });
}

}  // namespace

void Checker::broken(std::string_view invariant, const WorkerId& worker, std::string detail) {
  world_.violation(invariant, fmt::format("{}: {}", worker.text(), detail));
}

// --- what it sends

// Promise 18
void Checker::request() {
  const Tick now = world_.tick();
  requests_.push_back(now);
  while (requests_.front() + kWindow < now) requests_.pop_front();
  while (!starts_.empty() && starts_.front() + kWindow < now) starts_.pop_front();
  // A new process knows nothing of the requests of the old one.
  const std::size_t allowed = kPerWindow + kBurst * starts_.size();
  if (requests_.size() > allowed) {
    world_.violation("18 rate", fmt::format("{} requests in 5 minutes", requests_.size()));
  }
}

void Checker::post(const WorkerId& worker, const BundleDigest& digest, const Memory& durable) {
  Side& side = sides_[worker];
  Story& story = side.builds[digest];
  check_circumstances(worker, side);
  // Promise 2
  IntentId intent = 0;
  for (const OpenIntent& open : durable.intents) {
    if (open.intent.kind == IntentKind::create && open.intent.digest == digest) intent = open.id;
  }
  if (intent == 0) {
    broken("2 durable intent", worker, fmt::format("POST of {} without one", digest.brief()));
  } else if (!side.posted.insert(intent).second) {
    // Promise 3
    broken("3 one POST", worker, fmt::format("intent {} was sent twice", intent));
  }
  check_doubt(worker, digest, story);
  if (recovering_since_) {
    broken("21 lost journal", worker, "a POST before the recovery was over");
  }
}

// Promise 4
void Checker::check_doubt(const WorkerId& worker, const BundleDigest& digest, const Story& story) {
  if (!story.doubt) return;
  world_.sometimes("ambiguous resent");
  const Doubt& doubt = *story.doubt;
  const Tick settled = doubt.ended + setup_.truth.t_max + setup_.truth.list_lag;
  const bool looked_twice =
      doubt.forgotten || (doubt.first_absence && doubt.last_absence &&
                          *doubt.last_absence - *doubt.first_absence >= kRelist);
  if (world_.tick() >= settled && looked_twice) return;
  const auto since = [&](const std::optional<Tick>& tick) {
    return tick ? for_people(*tick - doubt.ended) : std::string("never");
  };
  broken("4 settle first", worker,
         fmt::format("{} is sent again {} after its lost answer; settled after {}, seen absent "
                     "first after {}, last after {}",
                     digest.brief(), since(world_.tick()), since(settled),
                     since(doubt.first_absence), since(doubt.last_absence)));
}

void Checker::removal(const WorkerId& worker, const VersionId& version, const Memory& durable) {
  Side& side = sides_[worker];
  check_circumstances(worker, side);
  // Promise 16: what is deleted was written down first, with its reason.
  if (!is_open(durable, IntentKind::prune, [&](const Intent& intent) {
        return intent.version == version && !intent.reason.empty();
      })) {
    broken("16 announced", worker, "a DELETE without a durable intent and reason");
  }
  check_knowledge(worker, version, side);
  if (side.held || recovering_since_) {
    broken("21 lost journal", worker, "a DELETE before a person resumed the Worker");
  }
  if (configuration_broken_) {
    broken("17 broken configuration", worker, "a DELETE while it is broken");
  }
  // Promise 20
  if (step_noticed_ && world_.tick() < *step_noticed_ + kHour) {
    broken("20 clock step", worker, "a DELETE within an hour of it");
  }
  const Version* victim = cloud_.find(worker, version);
  if (victim == nullptr) return;  // Gone already: harmless.
  if (pins_.contains(version)) broken("pinned", worker, "a DELETE of a pinned version");
  // Promise 11
  if (!build_in(*victim)) broken("11 foreign", worker, "a DELETE of a version that is not ours");
  check_person(worker, *victim, side);
  check_window(worker);
  if (is_twin(worker, *victim)) {
    world_.sometimes("duplicate healed");
  } else {
    check_rank(worker, version, side);
    check_rules(worker, *victim, side);
    check_rollback(worker, *victim, side);
  }
  // Promise 16
  const auto since = side.condemned.find(version);
  const Millis announced =
      since == side.condemned.end() ? Millis(0) : world_.tick() - since->second.since;
  if (announced < kGrace) {
    broken("16 announced", worker,
           fmt::format("version {} was condemned {} ago", victim->number, for_people(announced)));
  }
}

void Checker::check_circumstances(const WorkerId& worker, const Side& side) {
  if (mode_ == Mode::observe) broken("R12 observe", worker, "a write in observe mode");
  if (side.suspended) broken("suspended", worker, "a write for a suspended Worker");
}

/// What a delete rests on: reads that were good, and recent.
void Checker::check_knowledge(const WorkerId& worker, const VersionId& version, const Side& side) {
  const Tick now = world_.tick();
  // Promise 12
  if (!side.deployments_read || now - *side.deployments_read > kFresh) {
    broken("12 deployed", worker, "a DELETE without a fresh read of the deployments");
  } else if (side.serving_when_read.contains(version)) {
    broken("12 deployed", worker, "a DELETE of a version that was seen deployed");
  }
  // Promise 14
  if (!side.listed_well || (side.malformed && now - *side.malformed < kHour)) {
    broken("14 bad read", worker, "a DELETE after a bad read");
  }
  if (side.removals == 0) check_second_listing(worker, side);
}

/// Before the first delete of a pass the versions were listed twice, and both times the same.
void Checker::check_second_listing(const WorkerId& worker, const Side& side) {
  if (side.listings >= 2 &&
      std::ranges::equal(side.listing, side.listing_before, {}, &Version::id, &Version::id)) {
    return;
  }
  broken("listings differ", worker, "a DELETE without two listings that agree");
}

// Promise 13
void Checker::check_rank(const WorkerId& worker, const VersionId& version, const Side& side) {
  const Version& victim = *cloud_.find(worker, version);
  if (!victim.created_on || world_.truth() - *victim.created_on < kMinAge) {
    broken("13 newest", worker, fmt::format("version {} is too young to go", victim.number));
  }
  const std::size_t known = rank_of(side.listing, victim);
  if (known <= policy_.keep_last || rank_of(cloud_.versions(worker), victim) <= 1) {
    broken("13 newest", worker,
           fmt::format("version {} is number {} from the top of its group", victim.number, known));
  }
  if (group_of(victim).empty()) broken("no group", worker, "a DELETE outside all groups");
}

/// From 1, among the dated versions of its group that are ours.
std::size_t Checker::rank_of(const std::vector<Version>& versions, const Version& version) const {
  const std::string group = group_of(version);
  std::size_t rank = 1;
  for (const Version& other : versions) {
    if (other.number > version.number && other.created_on && build_in(other) &&
        group_of(other) == group) {
      ++rank;
    }
  }
  return rank;
}

std::string Checker::group_of(const Version& version) const {
  if (!setup_.grouped) return "all";
  const char first = version.annotations.tag.empty() ? ' ' : version.annotations.tag.front();
  return first == 'v' || first == 'p' ? std::string(1, first) : std::string();
}

/// Another version with a lower number carries the same build.
bool Checker::is_twin(const WorkerId& worker, const Version& version) const {
  if (setup_.duplicates != Duplicates::remove) return false;
  const auto build = build_in(version);
  // As the daemon knew it: a person may have deleted the other one just now.
  const auto& all = sides_.at(worker).listing;
  return std::any_of(all.begin(), all.end(), [&](const Version& other) {
    return other.number < version.number && build_in(other) == build;
  });
}

// Promise 15
void Checker::check_limits(const WorkerId& worker, const Side& side) {
  const auto ours = static_cast<std::size_t>(std::count_if(
      side.listing.begin(), side.listing.end(), [](const Version& v) { return build_in(v); }));
  if (side.removals > kMaxDeletes ||
      (side.removals > 1 && side.removals * 100 > kMaxPercent * ours)) {
    broken("15 limits", worker, fmt::format("{} of {} went in one pass", side.removals, ours));
  }
}

// --- what came of it

// Promise 1
void Checker::created(const WorkerId& worker, const BundleDigest& digest) {
  Story& story = sides_[worker].builds[digest];
  ++story.made;
  if (story.exempt) return;
  const auto alive = cloud_.carriers(worker, digest).size();
  if (alive > 1) {
    broken("1 exactly one", worker, fmt::format("{} has {} versions", digest.brief(), alive));
  }
  // Where the journal was lost, nobody knows that a person deleted the one of this generation.
  const auto published = disk_.generations(worker, digest);
  if (!story.forgotten && story.made > published) {
    broken("1 exactly one", worker,
           fmt::format("{} was published {} times and made {} times", digest.brief(), published,
                       story.made));
  }
}

void Checker::post_ended(const WorkerId& worker, const BundleDigest& digest) {
  sides_[worker].builds[digest].doubt.reset();
}

void Checker::post_lost(const WorkerId& worker, const BundleDigest& digest, Tick deadline) {
  sides_[worker].builds[digest].doubt = Doubt{std::max(deadline, world_.tick()), {}, {}, false};
}

void Checker::removed(const WorkerId& worker, const VersionId& version) {
  Side& side = sides_[worker];
  side.condemned.erase(version);
  ++side.removals;
  check_limits(worker, side);
  world_.sometimes("pruned");
}

void Checker::refused(const WorkerId& worker, const BundleDigest& digest) {
  sides_[worker].builds[digest].refused = true;
}

void Checker::identity_lost(const WorkerId& worker, const BundleDigest& digest) {
  sides_[worker].builds[digest].exempt = true;
}

// --- what it was told

void Checker::listed(const WorkerId& worker, const std::vector<Version>& versions, Tick asked) {
  Side& side = sides_[worker];
  side.listing_before = std::exchange(side.listing, versions);
  ++side.listings;
  side.listed_well = true;
  for (auto& [digest, story] : side.builds) {
    if (!story.doubt) continue;
    const bool shown = std::any_of(versions.begin(), versions.end(), [&](const Version& version) {
      return build_in(version) == digest.hex();
    });
    if (shown) {
      story.doubt.reset();
      continue;
    }
    Doubt& doubt = *story.doubt;
    if (asked < doubt.ended + setup_.truth.t_max + setup_.truth.list_lag) continue;
    if (!doubt.first_absence) doubt.first_absence = asked;
    doubt.last_absence = asked;
  }
}

void Checker::bad_read(const WorkerId& worker, bool malformed) {
  Side& side = sides_[worker];
  side.listed_well = false;
  if (malformed) side.malformed = world_.tick();
}

void Checker::deployments_read(const WorkerId& worker) {
  Side& side = sides_[worker];
  side.deployments_read = world_.tick();
  side.serving_when_read = cloud_.serving(worker);
  side.history_when_read = cloud_.deployments(worker);
}

}  // namespace rollout
