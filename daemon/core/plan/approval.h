// SPDX-License-Identifier: Apache-2.0
// What a person must agree to before it happens: policies.md, statements 17 and 18.
#pragma once

#include <expected>

#include "daemon/core/plan/plan.h"

namespace rollout {

/// A word that was not acted on for so long is forgotten: plans are valid for 15 minutes.
inline constexpr Millis kApprovalHolds = std::chrono::minutes(15);

/// The stops that an approval of the plan lifts.
bool lifted_by_approval(StopCode code);

/// Adds those stops where no approval covers the plan, which has its id. An approval covers what is
/// left of exactly the plan that was approved, and is forgotten with the first plan that is
/// another.
void ask_for_approval(const Observed& observed, Plan& plan);

/// The approval of `plan`, or a sentence that says why there can be none.
std::expected<Approval, std::string> approve(const Plan& plan, const std::string& actor,
                                             Instant now);

}  // namespace rollout
