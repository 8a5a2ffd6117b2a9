// SPDX-License-Identifier: Apache-2.0
// What a lane answers, as JSON: plans, explanations, sentences.
#pragma once

#include "daemon/codec/json.h"
#include "daemon/core/plan/command.h"

namespace rollout {

/// One entry of `{"plans": [...]}`.
Json plan_report_to_json(const PlanReport& report);
Json explanation_to_json(const Explanation& explanation);

/// One line of the control socket: `{"exit": 0, "data": {...}}`, or `{"exit": 1, "errors": [...]}`
/// where a command ended in a sentence and failed.
Json answer_to_json(const Answer& answer);

/// The same for what never reached a lane.
Json refusal_to_json(int exit, Json errors);

}  // namespace rollout
