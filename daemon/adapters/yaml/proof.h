// SPDX-License-Identifier: Apache-2.0
// The last steps of every policy's loading: what core has against it, and the tests inside it.
#pragma once

#include <memory>
#include <vector>

#include "daemon/adapters/yaml/document.h"
#include "daemon/adapters/yaml/view.h"
#include "daemon/core/policy/policy_test.h"
#include "daemon/core/policy/problems.h"

namespace rollout {

/// What core itself has against a policy that looks right so far; none where there is something.
template <class Policy>
std::shared_ptr<const Policy> sound(Policy policy, Document& document) {
  Problems& found = document.problems();
  if (!found.empty()) return nullptr;
  for (std::string& sentence : problems(policy)) {
    found.add(document.root()->members.front().value.place, Mistake::unsound_policy,
              std::move(sentence));
  }
  if (!found.empty()) return nullptr;
  return std::make_shared<const Policy>(std::move(policy));
}

/// Adds a problem for each fault, where its test stands in the list `tests` of `policy`.
void add_faults(const std::vector<PolicyTestResult>& results, const View& policy,
                Problems& problems);

/// Of the sections of `tests`: no two of one name.
void check_test_names(const View& policy, Problems& problems);

}  // namespace rollout
