// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <vector>

#include "daemon/core/plan/config.h"

namespace rollout {

/// Reads the configuration and all policies it names, and policies of former times.
class PolicySource {
 public:
  virtual ~PolicySource() = default;

  /// All errors of all files at once, or a complete configuration (its `generation` is 0).
  virtual std::expected<Config, std::vector<ConfigError>> load() = 0;

  /// A retention policy from its text, such as the journal keeps it. Its tests are not run: it was
  /// in force once. The error is one sentence. Any thread may call.
  virtual std::expected<std::shared_ptr<const RetentionPolicy>, std::string> read_retention(
      const std::string& text) = 0;
};

}  // namespace rollout
