// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/config_files.h"

#include <fmt/format.h>

#include <filesystem>

#include "daemon/adapters/yaml/config_builder.h"
#include "daemon/codec/sha256.h"

namespace rollout {

ConfigFiles::ConfigFiles(const std::string& rolloutd_yaml)
    : main_(std::make_unique<Document>(rolloutd_yaml)) {
  const std::filesystem::path beside = std::filesystem::path(rolloutd_yaml).parent_path();
  for (const std::string& path : list_yaml((beside / "conf.d").string(), errors_)) {
    conf_d_.push_back(std::make_unique<Document>(path));
  }
  for (const std::string& path : list_yaml((beside / "policies").string(), errors_)) {
    policies_.push_back(std::make_unique<Document>(path));
  }
}

std::string ConfigFiles::digest() const {
  std::string all;
  const auto add = [&all](const std::string& name, const Document& document) {
    // Lengths first: no two sets of files give the same text.
    all += fmt::format("{} {} {}\n{}", name.size(), document.text().size(), name, document.text());
  };
  const auto name_of = [](const Document& document) {
    return std::filesystem::path(document.file()).filename().string();
  };
  add("rolloutd.yaml", *main_);
  for (const auto& document : conf_d_) add("conf.d/" + name_of(*document), *document);
  for (const auto& document : policies_) add("policies/" + name_of(*document), *document);
  return sha256(all).hex();
}

std::expected<Config, std::vector<ConfigError>> ConfigFiles::load() {
  PolicyShelf policies;
  for (const auto& document : policies_) policies.add(*document);
  ConfigBuilder builder;
  builder.add_main(*main_);
  for (const auto& document : conf_d_) builder.add_more(*document);
  Config config = builder.finish(policies);

  std::vector<ConfigError> errors;
  main_->report(errors);
  for (const auto& document : conf_d_) document->report(errors);
  for (const auto& document : policies_) document->report(errors);
  errors.insert(errors.end(), errors_.begin(), errors_.end());
  if (!errors.empty()) return std::unexpected(std::move(errors));
  config.digest = digest();
  return config;
}

}  // namespace rollout
