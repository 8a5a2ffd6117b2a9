// SPDX-License-Identifier: Apache-2.0
// What can happen to a build or a version, and what a person decided about them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/model/failure.h"
#include "daemon/core/model/ids.h"
#include "daemon/core/model/instant.h"
#include "daemon/core/model/trailer.h"
#include "daemon/core/model/version.h"

namespace rollout {

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
/// What Cloudflare had before counts as done.
struct AssetsUploading {
  BundleDigest digest;
  std::size_t files = 0, of_files = 0;
  std::uint64_t bytes = 0, of_bytes = 0;
  std::optional<Millis>
      left;  ///< None where that cannot be said: at the beginning, and at the end.
};
struct VersionCreated {
  Version version;
  BundleDigest digest;
  Millis took{};
  Millis since_build{};  ///< Since the build was finished.
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
/// Found in place of a create whose answer was lost, and yet made by someone else.
struct ForeignIdentity {
  Version version;
  BundleDigest digest;
  std::string because;
};
/// Somebody else deleted it.
struct VersionGone {
  VersionId version;
  std::uint64_t number = 0;
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
  std::optional<Instant> would_go_on;  ///< Where the mode is observe, and nothing will go.
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
  std::string plan_id;
};
struct PruneRefused {
  std::string code;  ///< Of the guard or stop.
  std::string detail;
  std::optional<VersionId> version;
};
struct PruneApproved {
  std::string plan_id;
  std::size_t remove = 0;
  std::string actor;
  Instant until{};  ///< It holds no longer.
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

}  // namespace rollout
