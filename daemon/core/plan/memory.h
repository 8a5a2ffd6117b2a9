// SPDX-License-Identifier: Apache-2.0
// What is known of earlier passes over one Worker. The journal keeps it; `plan` reads it and says
// what it becomes. Cloudflare's listing is the truth for "exists", this only for "intended".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/core/model/ids.h"
#include "daemon/core/model/instant.h"

namespace rollout {

using IntentId = std::int64_t;

enum class IntentKind { create, prune };
std::string_view to_string(IntentKind kind);

/// A write that was decided. It is durable before the call is made.
struct Intent {
  IntentKind kind = IntentKind::create;
  WorkerId worker;
  std::optional<BundleDigest> digest;  ///< create
  Instant finished_at{};               ///< create: which generation of that digest.
  std::optional<VersionId> version;    ///< prune
  std::uint64_t number = 0;            ///< prune
  std::string tag;
  std::string message;  ///< create
  std::string reason;
  std::string plan = {};  ///< prune: its id.
  RunId run;
  Instant begun_at{};
};

struct OpenIntent {
  IntentId id = 0;
  Intent intent;
};

enum class OutcomeKind {
  done,       ///< It happened; `version` is what was made or removed.
  adopted,    ///< A lost answer was found by its digest.
  failed,     ///< Definitely did not happen.
  refused,    ///< Definitely did not happen, and would not if tried again unchanged.
  abandoned,  ///< Given up; another intent takes its place.
};
std::string_view to_string(OutcomeKind kind);

struct Outcome {
  OutcomeKind kind = OutcomeKind::done;
  std::optional<VersionId> version;
  std::uint64_t number = 0;
  std::string detail;
  Instant at{};
};

/// One published marker, or one quiet state of a root: a build that was seen once.
enum class GenerationState {
  seen,
  done,
  refused,
  gone,  ///< Its version was made, and has been deleted since: it is not made again.
};
struct Generation {
  BundleDigest digest;
  Instant finished_at{};
  GenerationState state = GenerationState::seen;
  std::optional<VersionId> version;  ///< done, gone
  std::string tried_with;            ///< refused: what must change before it is tried again.
  auto operator<=>(const Generation&) const = default;
};

struct Pin {
  std::string reason;
  std::string actor;
  std::optional<Instant> until;
  std::optional<Millis> missing_for = {};  ///< Observed time; none while its version is listed.
  auto operator<=>(const Pin&) const = default;
};

struct Suspension {
  std::string reason;
  std::string actor;
  std::optional<Instant> until;
  auto operator<=>(const Suspension&) const = default;
};

/// A person's word for one plan: it covers what that plan deletes, and nothing else.
struct Approval {
  std::string plan;  ///< Its id.
  std::set<VersionId> versions;
  std::string actor;
  Instant at{};
  std::string agrees_to;  ///< Hash of the policy that is agreed to once it is done; empty: none.
  auto operator<=>(const Approval&) const = default;
};

/// What is remembered of one version.
struct SeenVersion {
  Instant first_seen{};
  std::optional<Millis> condemned_for;  ///< Observed time; none while something keeps it.
  bool refused = false;                 ///< Cloudflare refused to delete it.
  std::uint64_t number = 0;
  Millis refused_for = {};  ///< Observed time.
  auto operator<=>(const SeenVersion&) const = default;
};

struct Memory {
  std::vector<Generation> generations;  ///< Oldest first, at most `kGenerations`.
  std::map<VersionId, SeenVersion> versions;
  std::map<VersionId, Pin> pins;
  std::optional<Suspension> suspension;
  std::optional<Approval> approval;  ///< Gone with the first plan that is another.
  std::uint64_t highest_number = 0;  ///< Listed or made; 0 before the first.
  bool had_deployment = false;
  std::string policy_hash;           ///< Of the retention policy of the last plan.
  std::string agreed_policy;         ///< Hash of the last of which nothing needs approval (18).
  bool prune_held = false;           ///< Until a person resumes the Worker.
  std::string prune_held_because;    ///< A sentence: a lost journal, a lost identity.
  std::optional<Instant> loss_seen;  ///< `AccountMemory::lost_at` as it was taken into account.
  std::string builds_seen_in;        ///< The build root that last showed a finished build.
  std::map<std::string, BundleDigest> builds_at;  ///< The last one of each directory still there.
  bool newcomer = false;  ///< It may be another one, renamed, whose creates have not settled yet.
  std::vector<OpenIntent> intents;
};

/// Generations remembered per Worker; older ones are forgotten when they are no longer on disk.
inline constexpr std::size_t kGenerations = 1000;

/// One line of the audit ledger.
struct LedgerEntry {
  Instant at{};
  WorkerId worker;
  std::string event;  ///< `version.created`, `prune.deleted`, `pin`, ...
  std::optional<VersionId> version;
  std::uint64_t number = 0;
  std::string tag;
  std::string digest;
  std::string detail;     ///< The sentence.
  std::string actor;      ///< Empty: the daemon itself.
  std::string plan = {};  ///< Its id, where one was approved or carried out.
  RunId run;
  std::uint64_t generation = 0;  ///< Of the configuration.
};

}  // namespace rollout
