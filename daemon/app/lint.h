// SPDX-License-Identifier: Apache-2.0
// What a configuration allows and a careful person would not do. Each kind of warning is one
// function in lint.cc.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/plan/config.h"

namespace rollout {

struct LintWarning {
  std::string code;     ///< CamelCase, never renamed.
  std::string message;  ///< One sentence.
};

std::vector<LintWarning> lint(const Config& config);

}  // namespace rollout
