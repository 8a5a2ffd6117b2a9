// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "daemon/core/policy/facts.h"
#include "daemon/core/policy/problems.h"

namespace rollout {
namespace {

/// `place` counts from 1, as people do.
void check_rule(const TaggingRule& rule, std::size_t place, std::vector<std::string>& sentences) {
  if (rule.tag.text().empty()) sentences.push_back(fmt::format("rule {} has no tag", place));
  for (const Condition& condition : rule.when) {
    if (!fact_source(condition.fact)) {
      sentences.push_back(fmt::format("rule {}: {}", place, no_such_fact(condition.fact)));
    }
    if (condition.patterns.empty()) {
      sentences.push_back(fmt::format("rule {}: {} has no value", place, condition.fact));
    }
  }
}

}  // namespace

std::vector<std::string> problems(const TaggingPolicy& policy) {
  std::vector<std::string> sentences;
  if (policy.rules.empty()) sentences.push_back("the policy has no rules; write at least one");
  std::size_t holds_always = 0;
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    if (holds_always != 0) {
      sentences.push_back(
          fmt::format("rule {} is never reached: rule {} has no `when` and holds "
                      "for every build",
                      i + 1, holds_always));
    } else if (policy.rules[i].when.empty()) {
      holds_always = i + 1;
    }
    check_rule(policy.rules[i], i + 1, sentences);
  }
  for (const std::string& fact : policy.require) {
    if (!fact_source(fact)) sentences.push_back("require: " + no_such_fact(fact));
  }
  return sentences;
}

}  // namespace rollout
