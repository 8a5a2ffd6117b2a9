// SPDX-License-Identifier: Apache-2.0
// What a pass has observed, built up for tests of the plan: enforced, one Worker, nothing wrong.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/plan/plan.h"
#include "tests/support/a_version.h"

namespace rollout {

/// A build with the digest of `a_version(number)`.
inline Build a_build(std::uint64_t number) {
  Build build{
      .digest = digest_of(number),
      .name = "dist",
      .root = "/srv/dist",
      .main_module = "index.js",
      .modules = {{"index.js", "application/javascript+module", 10, digest_of(number).hash}},
      .settings = {},
      .bytes = 10,
      .finished_at = kNow - std::chrono::minutes(1),
      .confidence = Confidence::confirmed,
      .facts = {}};
  return build;
}

inline TaggingPolicy a_tagging_policy(std::string_view tag) {
  TaggingPolicy policy;
  policy.name = PolicyName("release");
  policy.rules.push_back({{}, *Template::parse(tag), *Template::parse("a build")});
  return policy;
}

/// Keeps the last `last` versions of all; no grace and no minimum age unless set.
inline RetentionPolicy a_retention_policy(std::uint32_t last) {
  RetentionPolicy policy;
  policy.name = PolicyName("standard");
  policy.hash = "hash";
  policy.groups.push_back({"all", {}, {{RuleKind::last, {Count{last}}, {}}}});
  policy.protect.min_age = {};
  policy.protect.rollback = 1;
  policy.limits.grace = {};
  policy.limits.max_percent = 100;
  return policy;
}

/// Owns what an `Observed` borrows. Change the members, then call `observed()`.
struct AnObservation {
  AccountConfig account;
  WorkerConfig worker;
  RetentionPolicy retention = a_retention_policy(1);
  std::optional<RetentionPolicy> former;  ///< Of which the journal has the text.
  std::vector<VersionBuilder> versions;
  Observed seen;

  AnObservation() {
    worker.id = WorkerId("shop");
    worker.build.emplace().path = "/srv/dist";
    worker.tagging = std::make_shared<TaggingPolicy>(a_tagging_policy("{build.digest:12}"));
    seen.mode = Mode::enforce;
    seen.trying_with = "config";
    seen.now = seen.host_now = kNow;
    seen.listing_asked = seen.tick = Tick(std::chrono::hours(100));
  }

  const Observed& observed() {
    worker.retention = std::make_shared<RetentionPolicy>(retention);
    seen.worker = &worker;
    seen.account = &account;
    seen.listing.versions.clear();
    std::vector<Service> services;
    for (const VersionBuilder& builder : versions) {
      seen.listing.versions.push_back(builder.version());
      services.insert(services.end(), builder.services().begin(), builder.services().end());
    }
    seen.deployments = deployments_of(services);
    const std::string& agreed = seen.memory.agreed_policy;
    seen.former.reset();
    if (former && former->hash == agreed) {
      seen.former = FormerPolicy{std::make_shared<RetentionPolicy>(*former), ""};
    } else if (!agreed.empty() && agreed != retention.hash) {
      seen.former = FormerPolicy{nullptr, "it is gone"};
    }
    return seen;
  }

  Plan plan() { return rollout::plan(observed()); }

  /// A second plan `later`, from what the first left behind.
  Plan plan_again(const Plan& first, Millis later) {
    const auto intents = seen.memory.intents;
    seen.memory = first.memory;
    seen.memory.intents = intents;
    seen.settling = first.settling;
    seen.now += later;
    seen.host_now += later;
    seen.tick += later;
    seen.listing_asked = seen.tick;
    seen.elapsed = later;
    return plan();
  }
};

template <class Kind>
std::vector<Kind> all_of(const std::vector<Action>& actions) {
  std::vector<Kind> out;
  for (const Action& action : actions) {
    if (const auto* found = std::get_if<Kind>(&action)) out.push_back(*found);
  }
  return out;
}

template <class Kind>
std::vector<Kind> all_of(const std::vector<EventBody>& events) {
  std::vector<Kind> out;
  for (const EventBody& event : events) {
    if (const auto* found = std::get_if<Kind>(&event)) out.push_back(*found);
  }
  return out;
}

inline std::vector<std::uint64_t> pruned(const Plan& plan) {
  std::vector<std::uint64_t> numbers;
  for (const PruneVersion& prune : all_of<PruneVersion>(plan.actions)) {
    numbers.push_back(prune.number);
  }
  return numbers;
}

inline bool stopped_by(const Plan& plan, StopCode code) {
  return std::any_of(plan.stops.begin(), plan.stops.end(),
                     [code](const Stop& stop) { return stop.code == code; });
}

}  // namespace rollout
