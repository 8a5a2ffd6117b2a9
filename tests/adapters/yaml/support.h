// SPDX-License-Identifier: Apache-2.0
// A configuration directory that lives as long as a test.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <vector>

#include "daemon/adapters/yaml/yaml_policy_source.h"
#include "daemon/core/plan/config.h"

namespace rollout {

class ConfigDirectory {
 public:
  ConfigDirectory();
  ~ConfigDirectory();
  ConfigDirectory(const ConfigDirectory&) = delete;
  ConfigDirectory& operator=(const ConfigDirectory&) = delete;

  /// `name` relative to the directory; folders are made.
  ConfigDirectory& with(const std::string& name, const std::string& text);
  std::string path(const std::string& name) const;

  std::expected<Config, std::vector<ConfigError>> load() const;
  /// `[Code] rolloutd.yaml:2:1: message` and the excerpt, for each error, without the directory.
  std::string errors() const;
  std::string tell(const std::vector<ConfigError>& errors) const;
  /// `text` without this directory's path in it.
  std::string relative(std::string text) const;

 private:
  std::string root_;
};

std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);

/// A file of the source tree.
std::string source_path(const std::string& name);

/// True with UPDATE_GOLDEN=1: expected files are written instead of compared.
bool updates_golden();

}  // namespace rollout
