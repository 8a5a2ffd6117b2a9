// SPDX-License-Identifier: Apache-2.0
// Rules that keep the newest of each hour, day, week, month, quarter or year that has a version.
// (policies.md, statements 9 and 10)
#pragma once

#include <span>
#include <string>
#include <vector>

#include "daemon/core/policy/keep_rules.h"

namespace rollout {

/// Where the hits of one rule with one of its extents go.
class Hits final {
 public:
  Hits(const std::string& group, RuleKind kind, std::string limit)
      : group_(group), kind_(kind), limit_(std::move(limit)) {}

  Reason& add(const Member& member, std::optional<std::uint32_t> ordinal = std::nullopt) const;

 private:
  const std::string& group_;
  RuleKind kind_;
  std::string limit_;
};

/// By `created_on`, newest first; of two at one instant the one of higher rank is first.
using ByDate = std::vector<const Member*>;
ByDate newest_first(std::span<const Member> members);

/// What a walk through the calendar needs to know.
struct Walk {
  Instant anchor;
  bool at_now = false;  ///< The anchor is `now`, and moves with it.
  Instant now;
  const Zone& zone;
  Dialect dialect = Dialect::ours;
};

void keep_buckets(const Hits& hits, Period period, const ByDate& members, const Extent& extent,
                  const Walk& walk);

}  // namespace rollout
