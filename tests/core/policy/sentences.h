// SPDX-License-Identifier: Apache-2.0
// What is wrong with a policy, without the places.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/policy/problems.h"

namespace rollout {

template <class Policy>
std::vector<std::string> sentences_about(const Policy& policy) {
  std::vector<std::string> all;
  for (const PolicyProblem& problem : problems(policy)) all.push_back(problem.sentence);
  return all;
}

}  // namespace rollout
