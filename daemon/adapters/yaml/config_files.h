// SPDX-License-Identifier: Apache-2.0
// All files of one configuration, read once.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "daemon/adapters/yaml/document.h"
#include "daemon/core/plan/config.h"

namespace rollout {

class ConfigFiles {
 public:
  /// Reads rolloutd.yaml, and conf.d and policies beside it.
  explicit ConfigFiles(const std::string& rolloutd_yaml);

  /// Checks everything. Called once.
  std::expected<Config, std::vector<ConfigError>> load();

  using Documents = std::vector<std::unique_ptr<Document>>;
  const Document& main() const { return *main_; }
  const Documents& conf_d() const { return conf_d_; }
  const Documents& policies() const { return policies_; }

 private:
  std::string digest() const;

  std::unique_ptr<Document> main_;
  Documents conf_d_;
  Documents policies_;
  std::vector<ConfigError> errors_;  // Of directories.
};

}  // namespace rollout
