// SPDX-License-Identifier: Apache-2.0
// What is wrong with a policy beyond the spelling of its keys: rules of the language that join
// several values. The loader uses no policy that has any, so `judge` and `render` can rely on them.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/policy/retention.h"
#include "daemon/core/policy/tagging.h"

namespace rollout {

/// One sentence each, for the author of the policy; empty where it is sound.
std::vector<std::string> problems(const RetentionPolicy& policy);
std::vector<std::string> problems(const TaggingPolicy& policy);

}  // namespace rollout
