// SPDX-License-Identifier: Apache-2.0
// Which files of a build are modules, of what type, and under which names the code imports them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/adapters/disk/project_file.h"

namespace rollout {

/// A bundler's output directory is the build: all files are modules but those that `module_type`
/// leaves out. A generated configuration in the build (`no_bundle`) describes it instead: modules
/// are the files around its `main` that its rules name, and `main` itself.
class ModuleSelection final {
 public:
  /// `assets` is the folder of the build, with `/` at its end, whose files are no modules; "" for
  /// the build itself, none where there is no such folder.
  ModuleSelection(const std::optional<ProjectFile>& project, std::optional<std::string> assets);

  struct Module {
    std::string name;
    std::string content_type;
  };
  /// None for what is no module. `path` is relative to the build.
  std::optional<Module> of(std::string_view path) const;

  /// Whether it lies where the assets are.
  bool is_asset(std::string_view path) const { return assets_ && path.starts_with(*assets_); }

  /// The main module's name, where a generated configuration says it.
  const std::optional<std::string>& main() const { return main_; }

  /// Where names begin: a folder of the build, with `/` at its end, or "".
  const std::string& folder() const { return folder_; }

 private:
  std::vector<ModuleRule> rules_;
  std::optional<std::string> assets_;
  std::string folder_;
  std::optional<std::string> main_;
};

}  // namespace rollout
