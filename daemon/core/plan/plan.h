// SPDX-License-Identifier: Apache-2.0
// The decision: from what was observed to what is to be done, with every reason. Pure.
//
// Terms: a *pass* observes one Worker and plans; a *plan* is what it would write; a *stop* is a
// reason to delete nothing at all in this pass; an intent is *settled* when it is known whether its
// call happened.
// Usual flow: `engine/observe` fills `Observed`; `plan` computes; `engine/reconciler` acts.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/core/model/build.h"
#include "daemon/core/model/deployment.h"
#include "daemon/core/model/version.h"
#include "daemon/core/plan/config.h"
#include "daemon/core/plan/event.h"
#include "daemon/core/plan/hazards.h"
#include "daemon/core/plan/memory.h"
#include "daemon/core/plan/settle.h"
#include "daemon/core/plan/sighting.h"
#include "daemon/core/plan/stop.h"

namespace rollout {

/// A version that this process made or found, and that a lagging listing need not show yet.
struct JustMade {
  Tick until{};
  std::string tag;
};

/// The policy that was agreed to last, where the Worker has another by now.
struct FormerPolicy {
  std::shared_ptr<const RetentionPolicy> policy;  ///< Null where it cannot be read any more.
  std::string unreadable;                         ///< Why; a clause.
};

struct Observed {
  const WorkerConfig* worker = nullptr;    ///< Never null. Borrowed for the pass.
  const AccountConfig* account = nullptr;  ///< Never null.
  Mode mode = Mode::observe;
  std::string trying_with;  ///< The configuration and the binary: `Generation::tried_with`.
  std::string host_name;
  Sightings builds;
  Listing listing;
  DeploymentHistory deployments;
  Memory memory;
  std::optional<FormerPolicy> former;
  std::map<IntentId, Settling> settling;
  Hazards hazards;
  std::optional<Tick> short_since;  ///< Since when the listing has looked short, without a break.
  std::map<BundleDigest, JustMade> just_made;
  std::optional<Tick> may_create_from;  ///< Of a newcomer, as its last plan said.
  Instant now{};                        ///< The server's time where it told it, else this host's.
  Instant host_now{};                   ///< This host's.
  Tick listing_asked{};  ///< Before the listing was read: what it shows may be as old as this.
  Tick tick{};           ///< After all reads.
  Millis elapsed{};      ///< Observed time since the last plan for this Worker; 0 after a start.
};

bool is_suspended(const Observed& observed);

struct CreateVersion {
  Build build;
  Annotations annotations;
  DeployMode deploy = DeployMode::none;
  std::string reason;
};

/// An open create whose version was found in the listing.
struct AdoptVersion {
  OpenIntent open;
  Version version;
};

/// An open intent whose outcome is known without a further call: a delete that was cut off, or a
/// create that did not happen and is no longer wanted.
struct CloseIntent {
  OpenIntent open;
  OutcomeKind outcome = OutcomeKind::abandoned;
  std::string detail;
};

struct PruneVersion {
  VersionId version;
  std::uint64_t number = 0;
  std::string tag;
  std::optional<Instant> created_on;
  std::string reason;
  std::optional<VersionId> twin_of = std::nullopt;  ///< This must exist when the other is deleted.
};

using Action = std::variant<CloseIntent, AdoptVersion, CreateVersion, PruneVersion>;

/// What the Worker's policy takes away from what the former one keeps.
struct PolicyChange {
  std::string former;      ///< Its hash.
  PolicyName name;         ///< Its name; empty where it cannot be read any more.
  std::string unreadable;  ///< Why, then.
  std::map<VersionId, std::vector<Reason>> lost;  ///< With the reasons of the former policy.
};

struct Plan {
  std::vector<Action> actions;      ///< In the order of the alternatives; prunes oldest first.
  std::vector<Verdict> verdicts;    ///< Empty without a retention policy.
  std::vector<PruneVersion> ready;  ///< What would go now if no stop held it; oldest first.
  std::size_t waiting = 0;          ///< Condemned versions that are still within the grace.
  std::vector<Stop> stops;
  std::optional<PolicyChange> policy_change;  ///< Until the policy is agreed to.
  std::vector<Notice> notices;
  std::vector<EventBody> events;  ///< What is worth telling of what was seen.
  Memory memory;                  ///< What the Worker's memory becomes.
  std::map<IntentId, Settling> settling;
  std::optional<Instant> next_change;   ///< The first instant at which a verdict changes by itself.
  std::optional<Tick> look_again;       ///< When a build may be ready, or an outcome be settled.
  std::optional<Tick> may_create_from;  ///< Of a newcomer, while it waits.
  /// `p-` and 8 hex digits over what it would delete; where that is nothing, over what it would
  /// make. A person approves what goes, and what is made in between needs nobody's word.
  std::string id;
};

Plan plan(const Observed& observed);

}  // namespace rollout
