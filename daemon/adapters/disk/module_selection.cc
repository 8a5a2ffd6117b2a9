// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/module_selection.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "daemon/adapters/disk/module_kind.h"
#include "daemon/codec/wrangler/module_rules.h"

namespace rollout {

namespace fs = std::filesystem;

ModuleSelection::ModuleSelection(const std::optional<ProjectFile>& file,
                                 std::optional<std::string> assets)
    : assets_(std::move(assets)) {
  if (!file) return;
  const Project& project = file->project;
  rules_ = project.rules;
  if (!project.no_bundle || !file->folder || !project.main) return;
  const fs::path folder = *file->folder;
  const fs::path main = (folder / *project.main).lexically_normal();
  const fs::path base =
      project.base_dir ? (folder / *project.base_dir).lexically_normal() : main.parent_path();
  main_ = main.lexically_relative(base.empty() ? fs::path(".") : base);
  if (!base.empty() && base != ".") folder_ = (base / "").string();
  std::ranges::copy(default_module_rules(), std::back_inserter(rules_));
}

std::optional<ModuleSelection::Module> ModuleSelection::of(std::string_view path) const {
  if (is_asset(path)) return std::nullopt;
  const auto kind = module_type(path);
  if (!kind || !path.starts_with(folder_)) return std::nullopt;
  const std::string name(path.substr(folder_.size()));
  const bool is_main = name == main_;
  if (!is_main && !is_code(*kind)) {
    if (auto type = type_by_rules(rules_, name)) return Module{name, *std::move(type)};
  } else if (!is_main && main_) {
    // Code beside a generated configuration's main module is a module by its rules alone.
    if (!type_by_rules(rules_, name)) return std::nullopt;
  }
  if (main_ && !is_main && !is_code(*kind)) return std::nullopt;
  return Module{name, std::string(*kind)};
}

}  // namespace rollout
