// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/creates.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "daemon/core/plan/prune.h"
#include "daemon/core/policy/tagging.h"

namespace rollout {
namespace {

constexpr const char* kVersionDeleted = "VersionDeleted";
constexpr const char* kTagTaken = "TagTaken";

void look_no_later_than(Plan& plan, Tick tick) {
  plan.look_again = plan.look_again ? std::min(*plan.look_again, tick) : tick;
}

Generation* find_generation(Memory& memory, const BundleDigest& digest, Instant finished_at) {
  const auto found = std::find_if(
      memory.generations.begin(), memory.generations.end(), [&](const Generation& generation) {
        return generation.digest == digest && generation.finished_at == finished_at;
      });
  return found == memory.generations.end() ? nullptr : &*found;
}

/// Marks every remembered generation of `digest` that is still open as made by `version`.
void mark_done(Memory& memory, const BundleDigest& digest, const VersionId& version) {
  for (Generation& generation : memory.generations) {
    if (generation.digest != digest || generation.state == GenerationState::done) continue;
    generation.state = GenerationState::done;
    generation.version = version;
  }
}

/// Decides for one Worker; a class only so that the steps share what they have found.
class Creates {
 public:
  Creates(const Observed& observed, Plan& plan) : observed_(observed), plan_(plan) {}

  void run() {
    if (may_be_short(observed_)) {
      look_no_later_than(plan_, observed_.tick + observed_.account->timing.relist);
    }
    let_newcomer_settle();
    for (const OpenIntent& open : observed_.memory.intents) {
      if (open.intent.kind == IntentKind::create) settle_intent(open);
    }
    report_duplicates();
    tell_of_rejections();
    for (const Build& build : observed_.builds.builds) consider(build);
    remember_places();
    forget_old_generations();
  }

 private:
  /// What cannot be read proves nothing, and a directory that is there has what it had.
  void remember_places() {
    const Sightings& seen = observed_.builds;
    if (seen.unavailable) return;
    if (!seen.builds.empty()) plan_.memory.builds_seen_in = observed_.worker->build->path;
    std::erase_if(plan_.memory.builds_at, [&](const auto& place) {
      return std::find(seen.unfinished.begin(), seen.unfinished.end(), place.first) ==
             seen.unfinished.end();
    });
    for (const Build& build : seen.builds) {
      plan_.memory.builds_at.insert_or_assign(build.root, build.digest);
    }
  }

  /// A create under its other name may still be under way, or not be listed yet.
  void let_newcomer_settle() {
    if (!plan_.memory.newcomer) return;
    const Tick from = observed_.may_create_from.value_or(
        start_settling(observed_.tick + longest_create(), observed_.account->timing).not_before);
    plan_.memory.newcomer = observed_.listing_asked < from;
    if (!plan_.memory.newcomer) return;
    plan_.may_create_from = from;
    look_no_later_than(plan_, from);
  }

  void settle_intent(const OpenIntent& open) {
    const BundleDigest& digest = *open.intent.digest;
    const auto known = observed_.settling.find(open.id);
    // An intent of an earlier process: its call may have been sent at the very end.
    const Settling settling =
        known != observed_.settling.end()
            ? known->second
            : start_settling(observed_.tick + longest_create(), observed_.account->timing);
    const Settled outcome = settle(digest, settling, observed_.listing, observed_.listing_asked,
                                   observed_.account->timing);
    if (const auto* happened = std::get_if<Happened>(&outcome)) {
      mark_done(plan_.memory, digest, happened->version.id);
      plan_.actions.emplace_back(AdoptVersion{open, happened->version});
      return;
    }
    if (may_be_short(observed_)) {
      plan_.settling[open.id] = {settling.not_before, std::nullopt};
      unsettled_.insert(digest);
      return;
    }
    if (const auto* still_open = std::get_if<StillOpen>(&outcome)) {
      plan_.settling[open.id] = still_open->settling;
      look_no_later_than(plan_, still_open->look_again);
      unsettled_.insert(digest);
      return;
    }
    plan_.actions.emplace_back(CloseIntent{
        open, OutcomeKind::abandoned,
        fmt::format("two complete listings after the settle period show no version with build {}",
                    digest.brief())});
  }

  void report_duplicates() {
    for (Family& family : duplicates(observed_.listing)) {
      plan_.events.emplace_back(
          VersionDuplicate{family.digest, std::move(family.kept), std::move(family.others)});
    }
  }

  void tell_of_rejections() {
    if (observed_.builds.unavailable) {
      plan_.events.emplace_back(
          SourceUnreadable{observed_.worker->build->path, *observed_.builds.unavailable});
    }
    for (const RejectedBuild& rejected : observed_.builds.rejected) {
      plan_.events.emplace_back(BuildRejected{rejected.root, rejected.code, rejected.detail});
    }
  }

  void consider(const Build& build) {
    Generation& generation = remember(build);
    if (generation.state == GenerationState::refused &&
        generation.tried_with == observed_.trying_with) {
      return;
    }
    const std::vector<Version> existing = carriers(observed_.listing, build.digest);
    if (!existing.empty()) {
      if (!was_made(generation) && !is_being_adopted(build.digest)) {
        plan_.events.emplace_back(VersionDeduplicated{existing.front(), build.digest});
      }
      mark_done(plan_.memory, build.digest, existing.front().id);
      return;
    }
    if (const auto made = observed_.just_made.find(build.digest);
        made != observed_.just_made.end() && observed_.tick < made->second.until) {
      look_no_later_than(plan_, made->second.until);
      return;
    }
    if (was_made(generation)) {
      leave_deleted(build, generation);
      return;
    }
    if (unsettled_.contains(build.digest) || !decided_.insert(build.digest).second) return;
    if (observed_.worker->tagging == nullptr || may_not_create()) return;
    decide(build, generation);
  }

  static bool was_made(const Generation& generation) {
    return generation.state == GenerationState::done || generation.state == GenerationState::gone;
  }

  /// A version that was made and is gone was deleted: the same generation stays gone. Said once.
  void leave_deleted(const Build& build, Generation& generation) {
    if (may_be_short(observed_)) return;
    const std::string version =
        generation.version ? fmt::format(" {}", generation.version->text()) : "";
    std::string message = fmt::format(
        "build {} is not made again, because its version{} was deleted; to have it back, finish "
        "the build again: `rolloutctl mark` publishes a new marker",
        build.digest.brief(), version);
    if (generation.state == GenerationState::done) {
      generation.state = GenerationState::gone;
      plan_.events.emplace_back(BuildRejected{build.root, kVersionDeleted, message});
    }
    plan_.notices.push_back({kVersionDeleted, std::move(message), generation.version});
  }

  Generation& remember(const Build& build) {
    if (auto* known = find_generation(plan_.memory, build.digest, build.finished_at)) return *known;
    plan_.memory.generations.push_back(
        {build.digest, build.finished_at, GenerationState::seen, std::nullopt, ""});
    plan_.events.emplace_back(BuildSettled{build.digest, build.modules.size(), build.bytes,
                                           build.left_out.size(), build.confidence});
    return plan_.memory.generations.back();
  }

  bool is_being_adopted(const BundleDigest& digest) const {
    return std::any_of(observed_.memory.intents.begin(), observed_.memory.intents.end(),
                       [&](const OpenIntent& open) {
                         return open.intent.kind == IntentKind::create &&
                                open.intent.digest == digest;
                       });
  }

  bool may_not_create() const {
    return is_suspended(observed_) || observed_.hazards.recovering || plan_.memory.newcomer ||
           may_be_short(observed_);
  }

  void decide(const Build& build, Generation& generation) {
    const TaggingPolicy& policy = *observed_.worker->tagging;
    const auto annotations =
        render(policy, build,
               all_facts(build, policy.name, observed_.worker->id.text(), observed_.host_name));
    if (!annotations) {
      reject(build, generation, "Tagging", annotations.error().sentence());
      return;
    }
    if (policy.uniqueness == TaggingPolicy::Uniqueness::unique &&
        is_taken(annotations->tag, build.digest)) {
      wait_for_tag(build, generation, annotations->tag);
      return;
    }
    // An older build that is made late must not replace a newer one in production.
    const bool newest = &build == &observed_.builds.builds.back();
    plan_.actions.emplace_back(
        CreateVersion{build, *annotations, newest ? observed_.worker->deploy : DeployMode::none,
                      fmt::format("no version carries build {}", build.digest.brief())});
  }

  /// Looked at again in each pass, and told once: the tag is free when its version is gone.
  void wait_for_tag(const Build& build, Generation& generation, const std::string& tag) {
    std::string message = fmt::format(
        "the tag `{}` is already carried by another build: the version is made once that one is "
        "gone; or change what the tag is made from, or remove `unique` from tagging policy {}",
        tag, observed_.worker->tagging->name.text());
    const std::string tried_with = fmt::format("tag {}", tag);
    if (generation.state != GenerationState::refused || generation.tried_with != tried_with) {
      reject(build, generation, kTagTaken, message);
      generation.tried_with = tried_with;
    }
    plan_.notices.push_back({kTagTaken, std::move(message), std::nullopt});
  }

  /// By a listed version, by one that was just made, or by one that this plan or an open intent
  /// makes.
  bool is_taken(const std::string& tag, const BundleDigest& digest) const {
    if (tag.empty()) return false;
    const auto carries = [&tag](const auto& other) { return other == tag; };
    return std::any_of(observed_.listing.versions.begin(), observed_.listing.versions.end(),
                       [&](const Version& v) { return carries(v.annotations.tag); }) ||
           std::any_of(observed_.just_made.begin(), observed_.just_made.end(),
                       [&](const auto& made) { return carries(made.second.tag); }) ||
           std::any_of(observed_.memory.intents.begin(), observed_.memory.intents.end(),
                       [&](const OpenIntent& open) {
                         return open.intent.digest != digest && carries(open.intent.tag);
                       }) ||
           std::any_of(plan_.actions.begin(), plan_.actions.end(), [&](const Action& action) {
             const auto* create = std::get_if<CreateVersion>(&action);
             return create != nullptr && carries(create->annotations.tag);
           });
  }

  void reject(const Build& build, Generation& generation, const char* code, std::string detail) {
    generation.state = GenerationState::refused;
    generation.tried_with = observed_.trying_with;
    plan_.events.emplace_back(BuildRejected{build.root, code, std::move(detail)});
  }

  void forget_old_generations() {
    auto& generations = plan_.memory.generations;
    std::set<BundleDigest> needed = unsettled_;
    for (const Build& build : observed_.builds.builds) needed.insert(build.digest);
    for (auto it = generations.begin();
         generations.size() > kGenerations && it != generations.end();) {
      it = needed.contains(it->digest) ? it + 1 : generations.erase(it);
    }
  }

  const Observed& observed_;
  Plan& plan_;
  std::set<BundleDigest> unsettled_;  // An open create may still have made these.
  std::set<BundleDigest> decided_;    // Several directories may hold the same build.
};

}  // namespace

void plan_creates(const Observed& observed, Plan& plan) {
  Creates(observed, plan).run();
}

}  // namespace rollout
