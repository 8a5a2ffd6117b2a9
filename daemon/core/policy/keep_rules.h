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

/// Where the language of restic differs. For the conformance tests alone.
enum class Dialect {
  ours,
  filler,  ///< A bucket rule with counts left keeps the oldest as well.
  exact,   ///< That, and windows of bucket rules begin at the edge, not with its whole bucket.
};

/// What the rules of one group are applied to.
struct GroupView {
  const Group& group;
  const std::string& label;         ///< As reasons name it; with `per` it holds the value.
  std::span<const Member> members;  ///< In rank.
};

/// Adds the reasons of every rule that hits, in the order of the policy, and that of the floor.
void apply_rules(const GroupView& view, Instant now, const Zone& zone,
                 Dialect dialect = Dialect::ours);

}  // namespace rollout
