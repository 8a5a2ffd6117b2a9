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

/// What a refused build must not be tried with again.
std::string trying_with(const Config& config);

/// What a lane knows of one Worker between passes, besides the journal.
struct Course {
  std::optional<Tick> last_plan;    ///< None after a start: down-time counts for nothing.
  std::string last_plan_id;         ///< So that an unchanged plan is told once.
  std::optional<Tick> short_since;  ///< Since when its listing has looked short.
  std::map<BundleDigest, JustMade> just_made;
};

/// Reads the disk, then all versions, then the deployments. Any failed read fails the whole: it
/// must never look like "nothing there".
Result<Observed> observe(const Ports& ports, const Assignment& assignment, const Caution& caution,
                         const std::map<IntentId, Settling>& settling, const Course& course);

}  // namespace rollout
