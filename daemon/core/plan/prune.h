// SPDX-License-Identifier: Apache-2.0
// The half of a plan that removes versions: policies.md, statements 14 to 17, and reliability.md,
// "Deleting".
#pragma once

#include "daemon/core/plan/plan.h"

namespace rollout {

/// Judges every version, runs the grace clocks, and collects what would go and the stops, less
/// those that a person's word lifts. Does nothing for a Worker without a retention policy.
void plan_prune(const Observed& observed, Plan& plan);

/// What `judge` is asked about. It borrows the listing and the deployments.
History history_of(const RetentionPolicy& policy, const Observed& observed, const Memory& memory);

/// Remembers what a good listing shows: versions first seen, the highest number, that something
/// was deployed. One that looks short teaches nothing before it has done so for an hour.
void remember_listing(const Observed& observed, Memory& memory);

/// The stops that concern the listing and deployments themselves.
std::vector<Stop> suspicions(const Observed& observed);

/// False where the answers of one pass name times that cannot both be right; where only one of them
/// names any, it is compared with this host's.
bool times_agree(const Observed& observed);

/// The service's clock and this host's are far apart.
bool clocks_differ(const Observed& observed);

/// The listing reaches less far than before, or nothing is deployed any more.
bool looks_short(const Observed& observed);

/// True where the listing may lack versions: it proves no absence, so nothing may be made of it.
bool may_be_short(const Observed& observed);

}  // namespace rollout
