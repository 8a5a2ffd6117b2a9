// SPDX-License-Identifier: Apache-2.0
// The last steps of every policy's loading: what core has against it, and the tests inside it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/adapters/yaml/document.h"
#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/adapters/yaml/view.h"
#include "daemon/core/policy/policy_test.h"
#include "daemon/core/policy/problems.h"

namespace rollout {

/// Adds what core has against a policy, each where it stands.
void add_contradictions(const std::vector<PolicyProblem>& found, Document& document);

/// Adds a problem for each fault, where its test stands in the list `tests` of `policy`.
void add_faults(const std::vector<PolicyTestResult>& results, const View& policy,
                Problems& problems);

/// Of the sections of `tests`: no two of one name.
void check_test_names(const View& policy, Problems& problems);

/// The policy where nothing at all is wrong with it; what core itself has against one that looks
/// right so far, and the tests inside it that fail, are added to the document's problems.
template <class Policy>
std::shared_ptr<const Policy> proven(Policy policy, const View& view, Document& document,
                                     Tests tests) {
  Problems& found = document.problems();
  if (found.empty()) add_contradictions(problems(policy), document);
  if (found.empty() && tests == Tests::run) add_faults(run_tests(policy), view, found);
  return found.empty() ? std::make_shared<const Policy>(std::move(policy)) : nullptr;
}

}  // namespace rollout
