// SPDX-License-Identifier: Apache-2.0
// What a configuration allows and a careful person would not do. Each kind of warning is one
// function in lint.cc, or in core/policy/remarks.h where it is about a policy by itself.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/core/plan/config.h"

namespace rollout {

struct LintWarning {
  std::string code;     ///< CamelCase, never renamed.
  std::string message;  ///< One sentence.
};

/// The tags of the versions that are known of each Worker, from its journal.
using KnownTags = std::map<WorkerId, std::vector<std::string>>;

std::vector<LintWarning> lint(const Config& config, const KnownTags& tags);
std::vector<LintWarning> lint(const RetentionPolicy& policy);

}  // namespace rollout
