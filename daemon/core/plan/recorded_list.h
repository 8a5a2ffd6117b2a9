// SPDX-License-Identifier: Apache-2.0
// A recorded list (formats.md): one Worker's versions, deployments and pins, away from the network.
#pragma once

#include <cstddef>
#include <set>
#include <span>

#include "daemon/core/plan/plan.h"

namespace rollout {

struct RecordedList {
  Listing listing;
  DeploymentHistory history;
  std::set<VersionId> pins;
};

/// Adds the versions that the ledger tells of and the list no longer has: what was deleted, by
/// whom ever. Their creation is the moment at which it was told. How many are left out because
/// nothing tells when they were made. `entries` are newest first, as the journal gives them.
std::size_t add_deleted(RecordedList& list, std::span<const LedgerEntry> entries);

/// The plan for one moment, were it the first one that is ever made by this policy: the grace
/// period, the window, approvals and the time of the first sight have no say.
Plan preview(const RecordedList& list, RetentionPolicy policy, Instant now);

}  // namespace rollout
