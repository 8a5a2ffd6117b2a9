// SPDX-License-Identifier: Apache-2.0
// Deleting, one version at a time, each with its own look at what is deployed: reliability.md,
// "Deleting", and policies.md, statement 19.
#pragma once

#include <optional>
#include <vector>

#include "daemon/core/plan/plan.h"
#include "daemon/engine/creating.h"

namespace rollout {

/// Deletes in the given order; the first surprise ends the run and is told. The failure is one that
/// concerns the account, if that ended it.
std::optional<Failure> prune_versions(Acting& acting, const Observed& observed,
                                      const std::vector<PruneVersion>& prunes);

}  // namespace rollout
