// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "daemon/core/policy/facts.h"
#include "daemon/core/policy/problems.h"

namespace rollout {
namespace {

/// `place` counts from 1, as people do.
void check_rule(const TaggingRule& rule, std::size_t place, std::vector<PolicyProblem>& found) {
  const std::string pointer = fmt::format("/rules/{}", place - 1);
  if (rule.tag.text().empty()) found.push_back({fmt::format("rule {} has no tag", place), pointer});
  for (const Condition& condition : rule.when) {
    const std::string fact = fmt::format("{}/when/{}", pointer, condition.fact);
    if (!fact_source(condition.fact)) {
      found.push_back({fmt::format("rule {}: {}", place, no_such_fact(condition.fact)), fact});
    }
    if (condition.patterns.empty()) {
      found.push_back({fmt::format("rule {}: {} has no value", place, condition.fact), fact});
    }
  }
}

}  // namespace

std::vector<PolicyProblem> problems(const TaggingPolicy& policy) {
  std::vector<PolicyProblem> found;
  if (policy.rules.empty()) found.push_back({"the policy has no rules; write at least one", ""});
  std::size_t holds_always = 0;
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    if (holds_always != 0) {
      found.push_back({fmt::format("rule {} is never reached: rule {} has no `when` and holds "
                                   "for every build",
                                   i + 1, holds_always),
                       fmt::format("/rules/{}", i)});
    } else if (policy.rules[i].when.empty()) {
      holds_always = i + 1;
    }
    check_rule(policy.rules[i], i + 1, found);
  }
  for (const std::string& fact : policy.require) {
    if (!fact_source(fact)) found.push_back({"require: " + no_such_fact(fact), "/require"});
  }
  return found;
}

}  // namespace rollout
