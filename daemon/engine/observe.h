// SPDX-License-Identifier: Apache-2.0
// The first half of a pass: everything that a plan depends on, read fresh.
#pragma once

#include <map>
#include <string>

#include "daemon/core/plan/plan.h"
#include "daemon/engine/caution.h"
#include "daemon/engine/ports.h"

namespace rollout {

/// The fixed part of a pass.
struct Assignment {
  const Config* config = nullptr;  ///< Never null. Outlives the pass.
  const AccountConfig* account = nullptr;
  const WorkerConfig* worker = nullptr;
};

/// Reads the disk, then all versions, then the deployments. Any failed read fails the whole: it
/// must never look like "nothing there".
Result<Observed> observe(const Ports& ports, const Assignment& assignment, const Caution& caution,
                         const std::map<IntentId, Settling>& settling,
                         const std::optional<Tick>& last_plan);

}  // namespace rollout
