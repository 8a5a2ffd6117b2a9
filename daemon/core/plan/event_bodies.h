// SPDX-License-Identifier: Apache-2.0
// What can happen, one struct each: the alternatives of an event's body (event.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/model/deployment.h"
#include "daemon/core/model/failure.h"
#include "daemon/core/model/ids.h"
#include "daemon/core/model/version.h"
#include "daemon/core/plan/config.h"

namespace rollout {

struct DaemonStarted {
  std::string version;
  Mode mode = Mode::observe;
  std::size_t workers = 0;
};
struct DaemonStopping {
  std::string in_flight;  ///< A sentence; empty where nothing is.
};
struct ConfigLoaded {
  std::vector<std::string> changes;
};
struct ConfigReloadFailed {
  std::vector<ConfigError> errors;
};
struct BuildDetected {
  std::string root;
};
struct BuildSettled {
  BundleDigest digest;
  std::size_t modules = 0;
  std::uint64_t bytes = 0;
  std::size_t left_out = 0;
  Confidence confidence = Confidence::confirmed;
};
struct BuildRejected {
  std::string root;
  std::string reason;  ///< CamelCase.
  std::string detail;
};
struct VersionCreated {
  Version version;
  BundleDigest digest;
  Millis took{};
};
struct VersionDeduplicated {
  Version version;
  BundleDigest digest;
};
struct VersionCreateFailed {
  BundleDigest digest;
  Failure failure;
  std::string next;  ///< What the daemon does now.
};
struct VersionAdopted {
  Version version;
  BundleDigest digest;
};
struct VersionDuplicate {
  BundleDigest digest;
  Version kept;
  std::vector<Version> others;
};
struct IdentityLost {
  Version version;
  BundleDigest digest;
};
struct PrunePlanned {
  std::string plan_id;
  std::size_t keep = 0;
  std::size_t remove = 0;   ///< In this run, were nothing in the way.
  std::size_t waiting = 0;  ///< Condemned, but within the grace period.
  std::vector<std::string> stops;
};
struct PruneMarked {
  VersionId version;
  std::uint64_t number = 0;
  std::string tag;
  std::string because;
};
struct PruneUnmarked {
  VersionId version;
  std::uint64_t number = 0;
  std::string because;
};
struct PruneDeleted {
  VersionId version;
  std::uint64_t number = 0;
  std::string tag;
  std::optional<Millis> age;
  std::string reason;
};
struct PruneRefused {
  std::string code;  ///< Of the guard or stop.
  std::string detail;
  std::optional<VersionId> version;
};
struct WorkerSuspended {
  std::string actor;
  std::string reason;
  std::optional<Instant> until;
};
struct WorkerResumed {
  std::string actor;
};
struct VersionPinned {
  VersionId version;
  std::string actor;
  std::string reason;
};
struct VersionUnpinned {
  VersionId version;
  std::string actor;
};
struct ApiThrottled {
  Millis wait{};
  std::string detail;
};
struct ApiUnavailable {
  Failure failure;
  std::uint32_t attempts = 0;
  Millis next_try{};
};
struct ApiRecovered {
  Millis after{};
};
struct AuthFailed {
  Failure failure;
  Millis next_probe{};
};
struct SourceUnreadable {
  std::string root;
  std::string detail;
};
struct WatchOverflow {};
struct StateRecovered {
  std::string detail;
};
struct JournalDegraded {
  std::string detail;
};

/// Counts and facts of one finished pass, for status and metrics; a DEBUG line if nothing changed.
struct PassFinished {
  enum class Result { changed, noop, error };
  Result result = Result::noop;
  Millis took{};
  std::size_t versions = 0, active = 0, kept = 0, prunable = 0, foreign = 0;
  std::vector<Share> serving;
  std::string active_tag;
  std::vector<std::pair<std::string, std::size_t>> kept_by;  ///< Reason code, count.
  std::string condition;  ///< `Ready`, `Observing`, `Stalled`, `Suspended`.
  std::string summary;    ///< A sentence for `status`.
  Millis next_look{};
};

}  // namespace rollout
