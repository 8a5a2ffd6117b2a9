// SPDX-License-Identifier: Apache-2.0
// What came of a test that stands inside a policy, of either kind.
#pragma once

#include <string>
#include <vector>

namespace rollout {

struct PolicyTestResult {
  std::string name;
  std::vector<std::string> faults;  ///< One sentence each; none: it passed.

  bool passed() const { return faults.empty(); }
};

}  // namespace rollout
