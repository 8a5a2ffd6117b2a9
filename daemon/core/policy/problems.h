// SPDX-License-Identifier: Apache-2.0
// What is wrong with a policy beyond the spelling of its keys: rules of the language that join
// several values. The loader uses no policy that has any, so `judge` and `render` can rely on them.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/policy/retention.h"
#include "daemon/core/policy/tagging.h"

namespace rollout {

struct PolicyProblem {
  std::string sentence;  ///< For the author of the policy.
  /// Where it stands in the policy's text, as a JSON Pointer (RFC 6901): `/groups/1/per`. The text
  /// need not have all of it: a short form has no groups, and a default stands nowhere.
  std::string pointer;
};

/// Empty where it is sound.
std::vector<PolicyProblem> problems(const RetentionPolicy& policy);
std::vector<PolicyProblem> problems(const TaggingPolicy& policy);

}  // namespace rollout
