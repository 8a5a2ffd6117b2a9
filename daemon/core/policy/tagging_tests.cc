// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/tagging_tests.h"

#include <fmt/format.h>

#include "daemon/core/policy/rendering.h"

namespace rollout {
namespace {

void compare(std::string_view field, const std::optional<std::string>& wanted,
             const std::string& got, std::vector<std::string>& faults) {
  if (wanted && *wanted != got) {
    faults.push_back(fmt::format("the {} is \"{}\", not \"{}\"", field, got, *wanted));
  }
}

PolicyTestResult run(const TaggingTest& test, const TaggingPolicy& policy) {
  Facts facts;
  for (const auto& [name, value] : test.facts) facts[name] = {value, "the test"};
  facts.try_emplace("policy.name", policy.name.text(), "the configuration");
  const BundleDigest any{Sha256(Sha256::Raw{})};  // A trailer is as long whatever the digest.
  const auto made = render_texts(policy, facts, {"the test's build", {any, policy.name}});
  PolicyTestResult result{test.name, {}};
  if (!made) {
    if (!test.refused) {
      result.faults.push_back("it is refused: " + made.error());
    } else if (!made.error().contains(*test.refused)) {
      result.faults.push_back(
          fmt::format("it is refused, but not with \"{}\": {}", *test.refused, made.error()));
    }
    return result;
  }
  if (test.refused) {
    result.faults.push_back(
        fmt::format("it should be refused, and gets the tag \"{}\"", made->tag.text));
    return result;
  }
  compare("tag", test.tag, made->tag.text, result.faults);
  compare("message", test.message, made->message.text, result.faults);
  return result;
}

}  // namespace

std::vector<PolicyTestResult> run_tests(const TaggingPolicy& policy) {
  std::vector<PolicyTestResult> results;
  for (const TaggingTest& test : policy.tests) results.push_back(run(test, policy));
  return results;
}

}  // namespace rollout
