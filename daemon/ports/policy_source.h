// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <vector>

#include "daemon/core/plan/config.h"

namespace rollout {

/// Reads the configuration and all policies it names.
class PolicySource {
 public:
  virtual ~PolicySource() = default;

  /// All errors of all files at once, or a complete configuration (its `generation` is 0).
  virtual std::expected<Config, std::vector<ConfigError>> load() = 0;
};

}  // namespace rollout
