// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/proof.h"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <string_view>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

/// The entry of a list with this number; null where there is none.
const Node* entry_of(const Node& list, std::string_view number) {
  std::size_t index = 0;
  const char* end = number.data() + number.size();
  const bool is_number = std::from_chars(number.data(), end, index).ptr == end;
  return is_number && index < list.items.size() ? &list.items[index] : nullptr;
}

/// The place of the key that a pointer leads to, or of the last one above it that the text has.
Place place_of(const Node& root, std::string_view pointer) {
  Place place = root.members.front().value.place;
  const Node* node = &root;
  while (node != nullptr && !pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view step = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(step.size());
    if (const KeyValue* member = node->find(step)) {
      place = member->place;
      node = &member->value;
      continue;
    }
    node = entry_of(*node, step);
    if (node != nullptr) place = node->place;
  }
  return place;
}

}  // namespace

void add_contradictions(const std::vector<PolicyProblem>& found, Document& document) {
  for (const PolicyProblem& problem : found) {
    document.problems().add(place_of(*document.root(), problem.pointer), Mistake::unsound_policy,
                            problem.sentence);
  }
}

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
