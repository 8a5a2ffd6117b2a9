// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/proof.h"

#include <fmt/format.h>

#include <map>

#include "daemon/core/model/ensure.h"

namespace rollout {

void add_faults(const std::vector<PolicyTestResult>& results, const View& policy,
                Problems& problems) {
  const std::vector<View> tests = policy.sections("tests");
  ENSURE(results.size() == tests.size(), "every test has a result");
  for (std::size_t i = 0; i < results.size(); ++i) {
    for (const std::string& fault : results[i].faults) {
      problems.add(tests[i].node("name")->place, Mistake::failed_test,
                   fmt::format("test \"{}\" fails: {}", results[i].name, fault));
    }
  }
}

void check_test_names(const View& policy, Problems& problems) {
  std::map<std::string, std::size_t> lines;
  for (const View& test : policy.sections("tests")) {
    const Node* name = test.node("name");
    if (name == nullptr || name->kind != Node::Kind::text) continue;
    const auto [first, fresh] = lines.emplace(name->text, name->place.line);
    if (fresh) continue;
    problems.add(name->place, Mistake::duplicate_name,
                 fmt::format("two tests are named \"{}\"; the first is at line {}", name->text,
                             first->second));
  }
}

}  // namespace rollout
