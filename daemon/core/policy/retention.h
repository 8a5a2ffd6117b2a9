// SPDX-License-Identifier: Apache-2.0
// Retention: which versions are kept, and why. Only keep-rules exist; a version goes when nothing
// holds it.
//
// Terms: a *rule* keeps versions of its group; a *protection* is built in and always on; a version
// that neither holds is *condemned*. Whether a condemned version is deleted now is decided in
// `core/plan/prune.h` (grace, limits, stops). Statements and invariants: policies.md.
//
// Usual flow: the loader makes a `RetentionPolicy`; every pass calls `judge` with what it observed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "daemon/core/model/deployment.h"
#include "daemon/core/model/ids.h"
#include "daemon/core/model/version.h"
#include "daemon/core/policy/retention_policy.h"

namespace rollout {

/// Codes of reasons, as they appear in `-o json` (policies/README.md documents each).
enum class ReasonCode {
  rule,           ///< A keep-rule hit; `rule`, `ordinal`, `limit` say which.
  floor,          ///< One of the newest of its group; `min_keep` says how many.
  in_deployment,  ///< Part of the current deployment, with any share.
  pinned,         ///< By command or by pattern.
  min_age,        ///< Too young, by its own date or by when it was first seen.
  rollback,       ///< One of the last stable versions that are not current.
  on_disk,        ///< Its build is on disk now.
  bad_timestamp,  ///< No usable date.
  foreign,        ///< Not made by this tool, and the scope is `managed`.
  no_group,       ///< No group matches it.
  refused,        ///< Cloudflare refused to delete it.
};
std::string_view to_string(ReasonCode code);

struct Reason {
  ReasonCode code = ReasonCode::rule;
  std::string group;
  std::string rule;                      ///< `last`, `within`, ...
  std::optional<std::uint32_t> ordinal;  ///< The hit's place under a count, from 1.
  std::string limit;                     ///< `20`, `14d`, `all`, `v*`: what the rule was given.
  std::string bucket = {};               ///< `2026-11-02`: of which it is the newest.
  std::optional<Instant> until;          ///< When time alone ends it.
  auto operator<=>(const Reason&) const = default;
};

struct Verdict {
  VersionId version;
  std::uint64_t number = 0;
  std::string tag;
  std::optional<Instant> created_on;
  std::string group;  ///< `preview`, with `per` `preview/12`; empty where it belongs to none.
  bool in_scope = true;
  std::vector<Reason> reasons;  ///< Empty means condemned.
  bool kept() const { return !reasons.empty(); }
};

/// Everything that a verdict depends on, besides the policy and the time. Borrowed.
struct History {
  std::span<const Version> versions;
  const DeploymentHistory* deployments = nullptr;  ///< Never null.
  std::set<VersionId> pinned;
  std::map<VersionId, Instant> first_seen;  ///< Of those seen long ago (`young_after`) none counts.
  std::set<BundleDigest> on_disk;
  std::set<VersionId> refused;
};

/// What was made or first seen after this is younger than `min_age`.
Instant young_after(const RetentionPolicy& policy, Instant now);

/// One verdict per version, highest number first. A pure function of its arguments; the order of
/// the versions has no effect.
std::vector<Verdict> judge(const RetentionPolicy& policy, const History& history, Instant now);

/// The first instant after `now` at which time alone ends some reason; none where none ends.
std::optional<Instant> next_change(std::span<const Verdict> verdicts, Instant now);

}  // namespace rollout
