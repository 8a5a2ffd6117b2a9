// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/yaml_policy_source.h"

#include <fmt/format.h>

#include "daemon/adapters/yaml/config_builder.h"
#include "daemon/adapters/yaml/config_files.h"
#include "daemon/adapters/yaml/effective.h"
#include "daemon/adapters/yaml/policy_loader.h"

namespace rollout {

std::expected<Config, std::vector<ConfigError>> YamlPolicySource::load() {
  ConfigFiles files(path_);
  return files.load();
}

std::expected<std::shared_ptr<const RetentionPolicy>, std::string> YamlPolicySource::read_retention(
    const std::string& text) {
  Document document(SourceText{.file = "the former policy", .text = text});
  std::shared_ptr<const RetentionPolicy> policy;
  if (label_of(document)) policy = build_retention(document, Tests::leave);
  std::vector<ConfigError> errors;
  document.report(errors);
  if (errors.empty()) return policy;
  const ConfigError& first = errors.front();
  return std::unexpected(fmt::format("its line {}: {}", first.line, first.message));
}

std::expected<std::vector<EffectiveValue>, std::vector<ConfigError>> effective(
    const std::string& rolloutd_yaml) {
  ConfigFiles files(rolloutd_yaml);
  auto config = files.load();
  if (!config) return std::unexpected(std::move(config).error());
  return effective_values(files);
}

}  // namespace rollout
