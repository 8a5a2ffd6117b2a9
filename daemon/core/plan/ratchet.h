// SPDX-License-Identifier: Apache-2.0
// A change of the policy must not delete at once what the policy before it kept: policies.md,
// statement 18.
//
// Terms: the *agreed* policy is the last one of which nobody needs to approve anything more; while
// the Worker has another, that one is the *former* policy.
#pragma once

#include "daemon/core/plan/plan.h"

namespace rollout {

/// Judges the same input by the former policy. A policy that costs nothing is agreed to by its
/// first plan that could act: then, and where it is agreed to already, there is no change. Needs
/// verdicts.
void compare_policies(const Observed& observed, Plan& plan);

/// Of what would go now, what the former policy keeps.
std::vector<PruneVersion> kept_by_former(const Plan& plan);

}  // namespace rollout
