// SPDX-License-Identifier: Apache-2.0
// The daemon's state as people and monitors see it. Immutable once it is published.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "daemon/core/model/histogram.h"
#include "daemon/core/model/ids.h"
#include "daemon/core/model/instant.h"
#include "daemon/core/plan/config.h"
#include "daemon/core/plan/event_bodies.h"

namespace rollout {

/// Counters start at 0 with the process.
struct WorkerCounts {
  std::uint64_t changed = 0, noop = 0, error = 0;  ///< Passes by result.
  std::uint64_t settled = 0, rejected = 0;         ///< Builds.
  std::uint64_t created = 0, deduplicated = 0, deleted = 0;
};

/// The last warning or error; gone with the next good pass.
struct Problem {
  std::string event;
  std::string message;
  Instant since{};
};

struct WorkerStatus {
  std::optional<PassFinished> pass;  ///< The last one; none before the first.
  std::optional<Instant> passed_at;
  std::optional<Instant> succeeded_at;
  std::optional<Instant> created_at;
  std::optional<Instant> pruned_at;
  std::optional<Instant> awaited_since;  ///< A person's approval, of whatever plan.
  std::optional<Problem> problem;
  std::optional<AssetsUploading> uploading;  ///< While assets are sent.
  WorkerCounts counts;
};

struct AccountStatus {
  std::optional<Tick> reached;        ///< The last pass that did not fail.
  Millis patience{};                  ///< Three times the longest interval of its Workers.
  std::optional<Instant> refused_at;  ///< The token; gone with the next good pass.
  std::optional<Instant> unavailable_since;
  std::optional<Instant> token_expires;    ///< As Cloudflare said last.
  std::optional<Instant> throttled_until;  ///< Gone with the next good pass.
  bool writes_refused = false;             ///< No good read clears `refused_at`.
  bool journal_degraded = false;
};

using WorkerKey = std::pair<AccountName, WorkerId>;

struct Status {
  std::string version;   ///< Of the program.
  std::string revision;  ///< Of its source.
  Instant started_at{};
  Mode mode = Mode::observe;
  std::uint64_t generation = 0;
  std::string config_digest;
  std::optional<Instant> reloaded_at;  ///< The last good load.
  std::optional<Problem> reload_problem;
  std::map<AccountName, AccountStatus> accounts;
  std::map<WorkerKey, WorkerStatus> workers;
  std::map<std::string, std::uint64_t> refused_prunes;  ///< By guard.
  std::uint64_t watch_overflows = 0;
  std::size_t polled_workers = 0;        ///< Whose build directories are not wholly watched.
  std::optional<Problem> watch_problem;  ///< Why, and what to do.
  Histogram pass_seconds;
  Histogram build_to_version_seconds;
};

/// One line for `systemctl status`: `12 workers, 1 stalled (shop-api); config gen 14`; the problem
/// of a refused reload stays in it until the next good one.
std::string headline(const Status& status);

}  // namespace rollout
