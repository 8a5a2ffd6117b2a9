// SPDX-License-Identifier: Apache-2.0
// Reasons in words: what holds a version, and what would end that.
#pragma once

#include <string>

#include "daemon/core/policy/retention.h"

namespace rollout {

/// `last 2/5`, `within 14d`, `daily 3/14 2026-11-02`, `min-age 1h until 2026-03-10T12:30:00Z`.
std::string reason_text(const Reason& reason);

/// The event that ends a reason, as a clause: `4 newer versions come into the group`. Empty where a
/// date ends it, or nothing does.
std::string end_text(const Reason& reason);

}  // namespace rollout
