// SPDX-License-Identifier: Apache-2.0
// How a pass ended, in the numbers and the sentence that status and metrics show.
#pragma once

#include "daemon/engine/reconciler.h"

namespace rollout {

/// After the deletes of a pass: what is told of it must not count what is gone.
void forget_deleted(const std::vector<VersionId>& deleted, Observed& observed, Plan& plan);

PassFinished summarize(const Observed& observed, const Plan& plan, PassFinished::Result result);

/// Tells that a pass failed, and says when it may be worth looking again.
PassOutcome finish_failed(Teller& teller, const WorkerConfig& worker, Failure failure, Tick start,
                          Tick now);

}  // namespace rollout
