// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/yaml_policy_source.h"

#include <fmt/format.h>

#include "daemon/adapters/yaml/config_builder.h"
#include "daemon/adapters/yaml/config_files.h"
#include "daemon/adapters/yaml/effective.h"

namespace rollout {

std::expected<Config, std::vector<ConfigError>> YamlPolicySource::load() {
  ConfigFiles files(path_);
  return files.load();
}

std::expected<std::vector<EffectiveValue>, std::vector<ConfigError>> effective(
    const std::string& rolloutd_yaml) {
  ConfigFiles files(rolloutd_yaml);
  auto config = files.load();
  if (!config) return std::unexpected(std::move(config).error());
  return effective_values(files);
}

}  // namespace rollout
