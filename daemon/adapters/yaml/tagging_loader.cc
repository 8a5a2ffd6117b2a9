// SPDX-License-Identifier: Apache-2.0
// Tagging policies; retention_loader.cc has the others.
#include <fmt/format.h>

#include <map>

#include "daemon/adapters/yaml/check.h"
#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/adapters/yaml/proof.h"
#include "daemon/codec/sha256.h"
#include "daemon/core/policy/tagging_tests.h"

namespace rollout {
namespace {

std::vector<TaggingRule> build_rules(const View& policy, Problems& problems) {
  std::vector<TaggingRule> out;
  bool always = false;
  for (const View& view : policy.sections("rules")) {
    if (always) {
      problems.add(view.whole()->place, Mistake::unreachable,
                   "this rule is never used: the one before it has no `when` and always holds");
    }
    always = always || !view.has("when");
    std::vector<Condition> when;
    if (const Node* facts = view.node("when")) {
      for (const KeyValue& fact : facts->members) {
        when.push_back({.fact = fact.key, .patterns = parse_patterns(fact.value)});
      }
    }
    auto tag = Template::parse(view.text("tag"));
    auto message = Template::parse(view.text("message"));
    if (!tag || !message) continue;  // The checker said so.
    out.push_back(
        {.when = std::move(when), .tag = std::move(*tag), .message = std::move(*message)});
  }
  return out;
}

void check_unique_requirements(const View& policy, Problems& problems) {
  const Node* require = policy.node("require");
  if (require == nullptr) return;
  std::map<std::string, std::size_t> lines;
  for (const Node& fact : entries(*require)) {
    if (!lines.emplace(fact.text, fact.place.line).second) {
      problems.add(fact.place, Mistake::duplicate_name,
                   fmt::format("\"{}\" is required twice", fact.text));
    }
  }
}

std::optional<std::string> expected_text(const View& test, std::string_view key) {
  return test.has(key) ? std::optional(test.text(key)) : std::nullopt;
}

std::vector<TaggingTest> build_tests(const View& policy, Problems& problems) {
  check_test_names(policy, problems);
  std::vector<TaggingTest> out;
  for (const View& view : policy.sections("tests")) {
    TaggingTest test{.name = view.text("name"),
                     .facts = {},
                     .tag = expected_text(view, "tag"),
                     .message = expected_text(view, "message"),
                     .refused = expected_text(view, "refused")};
    if (test.refused.has_value() == (test.tag || test.message)) {
      problems.add(view.whole()->place, Mistake::unclear_test,
                   test.refused ? "`refused` excludes `tag` and `message`: a build that is refused "
                                  "gets neither"
                                : "the test expects nothing; write `tag`, `message` or `refused`");
    }
    if (const Node* facts = view.node("facts")) {
      for (const KeyValue& fact : facts->members) test.facts[fact.key] = fact.value.text;
    }
    out.push_back(std::move(test));
  }
  return out;
}

}  // namespace

std::shared_ptr<const TaggingPolicy> build_tagging(Document& document, Tests tests) {
  Problems& problems = document.problems();
  check_document(*document.root(), tagging_table(), problems);
  const View view(document.root(), tagging_table());
  TaggingPolicy out;
  out.name = PolicyName(view.text("tagging"));
  out.hash = sha256(document.text()).hex();
  if (out.name.text() == "manual") {
    problems.add(view.node("tagging")->place, Mistake::bad_name,
                 "\"manual\" is what versions made by hand carry; choose another name");
  }
  out.rules = build_rules(view, problems);
  check_unique_requirements(view, problems);
  out.require = view.texts("require");
  out.on_overflow = view.text("on_overflow") == "truncate" ? Overflow::truncate : Overflow::error;
  out.uniqueness =
      view.flag("unique") ? TaggingPolicy::Uniqueness::unique : TaggingPolicy::Uniqueness::any;
  out.tests = build_tests(view, problems);
  return proven(std::move(out), view, document, tests);
}

}  // namespace rollout
