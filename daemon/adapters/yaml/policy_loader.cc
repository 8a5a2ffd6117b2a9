// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/policy_loader.h"

#include <fmt/format.h>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

template <class Policy, class Build>
std::expected<Policy, std::vector<ConfigError>> load_file(const std::string& path, PolicyKind kind,
                                                          std::string_view word, Build build) {
  Document document(path);
  std::shared_ptr<const Policy> policy;
  if (const auto label = label_of(document)) {
    if (label->kind == kind) {
      policy = build(document);
    } else {
      document.problems().add(label->place, Mistake::policy_kind,
                              fmt::format("a {} policy is wanted here", word));
    }
  }
  std::vector<ConfigError> errors;
  document.report(errors);
  if (!errors.empty()) return std::unexpected(std::move(errors));
  ENSURE(policy != nullptr, "a policy file without errors is a policy");
  return *policy;
}

}  // namespace

std::optional<PolicyLabel> label_of(Document& document) {
  const Node* root = document.root();
  if (root == nullptr) return std::nullopt;
  const KeyValue* first = root->members.empty() ? nullptr : &root->members.front();
  const bool retention = first != nullptr && first->key == "retention";
  if (first == nullptr || (!retention && first->key != "tagging")) {
    document.problems().add(first == nullptr ? root->place : first->place, Mistake::policy_kind,
                            "a policy begins with `retention: NAME` or `tagging: NAME`");
    return std::nullopt;
  }
  return PolicyLabel{.kind = retention ? PolicyKind::retention : PolicyKind::tagging,
                     .name = first->value.text,
                     .place = first->value.place};
}

std::expected<RetentionPolicy, std::vector<ConfigError>> load_retention_file(
    const std::string& path, Tests tests) {
  return load_file<RetentionPolicy>(
      path, PolicyKind::retention, "retention",
      [tests](Document& document) { return build_retention(document, tests); });
}

std::expected<TaggingPolicy, std::vector<ConfigError>> load_tagging_file(const std::string& path,
                                                                         Tests tests) {
  return load_file<TaggingPolicy>(
      path, PolicyKind::tagging, "tagging",
      [tests](Document& document) { return build_tagging(document, tests); });
}

}  // namespace rollout
