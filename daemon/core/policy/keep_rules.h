// SPDX-License-Identifier: Apache-2.0
// The keep-rules of one group over its members. (policies.md, statements 5 to 8, 12 and 13)
#pragma once

#include <span>

#include "daemon/core/policy/retention.h"
#include "daemon/core/policy/service_record.h"

namespace rollout {

/// A dated version in the scope. The verdict is borrowed; its date is there.
struct Member {
  Verdict* verdict = nullptr;
  const ServiceRecord* service = nullptr;  ///< Null where it never served.
};

/// Adds the reasons of every rule that hits, in the order of the policy, and that of the floor.
/// `members` are in rank.
void apply_rules(const Group& group, std::span<const Member> members, Instant now);

}  // namespace rollout
