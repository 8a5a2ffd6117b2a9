// SPDX-License-Identifier: Apache-2.0
// Two policies over the same versions: whose fate changes.
#pragma once

#include <span>
#include <vector>

#include "daemon/core/policy/retention.h"

namespace rollout {

struct FateChange {
  Verdict before;
  Verdict after;
};

/// Of each version that one of them keeps and the other does not. Both are verdicts on the same
/// versions, in the order of `judge`.
std::vector<FateChange> changed_fates(std::span<const Verdict> before,
                                      std::span<const Verdict> after);

}  // namespace rollout
