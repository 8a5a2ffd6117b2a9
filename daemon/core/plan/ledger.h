// SPDX-License-Identifier: Apache-2.0
// Which events the audit ledger keeps.
#pragma once

#include <optional>

#include "daemon/core/plan/event.h"
#include "daemon/core/plan/memory.h"

namespace rollout {

/// None for events that are no decision about a version or a Worker.
std::optional<LedgerEntry> ledger_entry(const Event& event, Instant at, const std::string& actor);

/// Whether it says that this rolloutd deleted the version.
bool is_delete(const LedgerEntry& entry);

}  // namespace rollout
