// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/yaml/support.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/adapters/yaml/problems.h"

namespace rollout {

ConfigDirectory::ConfigDirectory() {
  std::string pattern = testing::TempDir() + "rolloutd-config-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "no temporary directory";
  root_ = pattern;
}

ConfigDirectory::~ConfigDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

ConfigDirectory& ConfigDirectory::with(const std::string& name, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
  write_text(path(name), text);
  return *this;
}

std::string ConfigDirectory::path(const std::string& name) const {
  return root_ + "/" + name;
}

std::expected<Config, std::vector<ConfigError>> ConfigDirectory::load() const {
  return YamlPolicySource(path("rolloutd.yaml")).load();
}

std::string ConfigDirectory::errors() const {
  const auto loaded = load();
  return loaded ? "" : tell(loaded.error());
}

std::string ConfigDirectory::tell(const std::vector<ConfigError>& errors) const {
  std::string out;
  for (const ConfigError& error : errors) {
    out += fmt::format("[{}] {}\n", error.code, describe(error));
  }
  return relative(std::move(out));
}

std::string ConfigDirectory::relative(std::string text) const {
  const std::string prefix = root_ + "/";
  for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) {
    text.erase(at, prefix.size());
  }
  return text;
}

std::string read_text(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string source_path(const std::string& name) {
  return std::string(ROLLOUT_SOURCE_DIR) + "/" + name;
}

bool updates_golden() {
  const char* wanted = std::getenv("UPDATE_GOLDEN");
  return wanted != nullptr && std::string_view(wanted) == "1";
}

}  // namespace rollout
