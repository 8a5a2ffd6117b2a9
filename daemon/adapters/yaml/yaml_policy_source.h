// SPDX-License-Identifier: Apache-2.0
// The configuration of a host, from YAML files.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "daemon/core/plan/config.h"
#include "daemon/ports/policy_source.h"

namespace rollout {

/// Reads rolloutd.yaml and, beside it, conf.d/*.yaml and policies/*.yaml, in lexical order.
/// Policies that no Worker names are checked as well. Holds nothing between calls; any thread may
/// call it.
class YamlPolicySource final : public PolicySource {
 public:
  explicit YamlPolicySource(std::string rolloutd_yaml) : path_(std::move(rolloutd_yaml)) {}

  std::expected<Config, std::vector<ConfigError>> load() override;
  std::expected<std::shared_ptr<const RetentionPolicy>, std::string> read_retention(
      const std::string& text) override;

 private:
  std::string path_;
};

/// One setting as it takes effect.
struct EffectiveValue {
  std::string path;    ///< `workers.shop-api.interval`
  std::string value;   ///< As one would write it.
  std::string source;  ///< `file:line`, or `default`.
  auto operator<=>(const EffectiveValue&) const = default;
};

/// Everything that `load()` would use, policies included, in the order of the key tables.
std::expected<std::vector<EffectiveValue>, std::vector<ConfigError>> effective(
    const std::string& rolloutd_yaml);

}  // namespace rollout
