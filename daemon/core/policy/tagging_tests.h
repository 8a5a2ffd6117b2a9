// SPDX-License-Identifier: Apache-2.0
// Runs the tests inside a tagging policy: facts in, tag and message out.
#pragma once

#include <vector>

#include "daemon/core/policy/policy_test.h"
#include "daemon/core/policy/tagging.h"

namespace rollout {

/// In the order of the file. A policy is used only where all passed.
std::vector<PolicyTestResult> run_tests(const TaggingPolicy& policy);

}  // namespace rollout
