// SPDX-License-Identifier: Apache-2.0
// Runs the tests inside a retention policy: a history in, what is kept and what is not out.
#pragma once

#include <vector>

#include "daemon/core/policy/policy_test.h"
#include "daemon/core/policy/retention_policy.h"

namespace rollout {

/// In the order of the file. A policy is used only where all passed.
std::vector<PolicyTestResult> run_tests(const RetentionPolicy& policy);

}  // namespace rollout
