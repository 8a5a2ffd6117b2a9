// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/fates.h"

#include "daemon/core/model/ensure.h"

namespace rollout {

std::vector<FateChange> changed_fates(std::span<const Verdict> before,
                                      std::span<const Verdict> after) {
  ENSURE(before.size() == after.size(), "both verdicts are on the same versions");
  std::vector<FateChange> changes;
  for (std::size_t i = 0; i < before.size(); ++i) {
    ENSURE(before[i].version == after[i].version, "both verdicts are in one order");
    if (before[i].kept() != after[i].kept()) changes.push_back({before[i], after[i]});
  }
  return changes;
}

}  // namespace rollout
