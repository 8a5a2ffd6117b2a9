// SPDX-License-Identifier: Apache-2.0
// Policy files -> policies of core.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/adapters/yaml/document.h"
#include "daemon/core/plan/config.h"

namespace rollout {

enum class PolicyKind { retention, tagging };

/// What a policy file says it is, before it is known to be right.
struct PolicyLabel {
  PolicyKind kind = PolicyKind::retention;
  std::string name;
  Place place;
};

/// From the first key. Adds a problem where the file is no policy.
std::optional<PolicyLabel> label_of(Document& document);

/// Whether the tests inside a policy are run: one that fails is a problem, and the policy is not
/// used. They are left where a person asks for their results.
enum class Tests { run, leave };

/// Adds every problem to the document's; none where there is one.
std::shared_ptr<const RetentionPolicy> build_retention(Document& document,
                                                       Tests tests = Tests::run);
std::shared_ptr<const TaggingPolicy> build_tagging(Document& document, Tests tests = Tests::run);

/// For a policy file by itself, such as `rolloutctl policy preview FILE` has it.
std::expected<RetentionPolicy, std::vector<ConfigError>> load_retention_file(
    const std::string& path, Tests tests = Tests::run);
std::expected<TaggingPolicy, std::vector<ConfigError>> load_tagging_file(const std::string& path,
                                                                         Tests tests = Tests::run);

}  // namespace rollout
