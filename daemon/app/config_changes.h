// SPDX-License-Identifier: Apache-2.0
// What a reload changes, for people.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/plan/config.h"

namespace rollout {

/// One sentence for each change, in the order of the Workers; empty where nothing changes.
std::vector<std::string> config_changes(const Config& before, const Config& after);

/// What a running daemon cannot take over, one sentence each: accounts that come, go or move, and
/// settings of the service.
std::vector<std::string> needs_restart(const Config& before, const Config& after);

}  // namespace rollout
