// SPDX-License-Identifier: Apache-2.0
// `plan --local`: the same observing and planning as in the daemon, here and read-only.
#pragma once

#include <string>
#include <vector>

#include "daemon/app/session.h"

namespace rollout {

/// `data` becomes `{"plans": [...]}` of these Workers, or of all. What only the daemon's journal
/// knows is not known: pins by command, grace periods that run, suspensions.
OrExit<int> plan_locally(const std::vector<std::string>& workers, Session& session, Json& data);

}  // namespace rollout
