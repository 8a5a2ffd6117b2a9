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
  std::string last_told;            ///< So that an unchanged plan is told once.
  std::optional<Tick> short_since;  ///< Since when its listing has looked short.
  std::map<BundleDigest, JustMade> just_made;
  std::optional<Tick> may_create_from;  ///< Of a newcomer.
};

/// After a lost journal pins may be lost too: nothing goes until a person has looked.
void hold_pruning(Memory& memory, const Caution& caution);

/// The Worker's memory. Where the journal was lost and this Worker has not been held for that yet,
/// it is now: its pins may be lost too.
Result<Memory> recall(const Ports& ports, const Caution& caution, const WorkerId& worker);

/// Reads the disk, then all versions, then the deployments. Any failed read fails the whole: it
/// must never look like "nothing there". Times that do not agree are held against pruning.
Result<Observed> observe(const Ports& ports, const Assignment& assignment, Caution& caution,
                         const std::map<IntentId, Settling>& settling, const Course& course);

}  // namespace rollout
