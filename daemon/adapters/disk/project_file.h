// SPDX-License-Identifier: Apache-2.0
// The wrangler configuration of the project that a build belongs to: in the build, or beside it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/disk/main_module.h"
#include "daemon/adapters/disk/obstacle.h"
#include "daemon/codec/wrangler/project.h"
#include "daemon/core/plan/config.h"

namespace rollout {

struct ProjectFile {
  std::string where;  ///< Its absolute path.
  /// Its folder, relative to the build: "" for the build itself. None where it is outside.
  std::optional<std::string> folder;
  FileStat stat;
  Project project;
};

/// `build.config`: a path (relative ones from the build's directory), or `auto`: the first of
/// `wrangler.json`, `.jsonc` and `.toml` in the build; else the one to which
/// `.wrangler/deploy/config.json` beside the build leads, as Vite's plugin writes it; else the
/// first beside the build. None where `auto` finds none. Obstacle: ConfigInvalid.
Readable<std::optional<ProjectFile>> find_project(const BuildDirectory& build,
                                                  const BuildConfig& config);

/// Whether the file's name is that of a configuration.
bool is_wrangler_configuration(std::string_view path);

/// Every path outside the build at which `find_project` looks.
std::vector<std::string> places_beside(const std::string& build_path, const BuildConfig& config);

}  // namespace rollout
