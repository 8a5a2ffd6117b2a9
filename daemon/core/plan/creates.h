// SPDX-License-Identifier: Apache-2.0
// The half of a plan that makes versions: every finished build exactly once.
#pragma once

#include "daemon/core/plan/plan.h"

namespace rollout {

/// Settles open creates against the listing and decides which builds become versions. Adds to the
/// plan's actions, events, memory and settling.
void plan_creates(const Observed& observed, Plan& plan);

}  // namespace rollout
