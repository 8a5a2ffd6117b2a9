// SPDX-License-Identifier: Apache-2.0
// The settings of a build's version: the configuration's over those of the build's own project.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/disk/obstacle.h"
#include "daemon/adapters/disk/project_file.h"
#include "daemon/core/model/build.h"

namespace rollout {

struct BuildSettings {
  VersionSettings settings;
  Heritage heritage;
  std::map<std::string, std::string> sources;  ///< As in `Build`.
  std::vector<std::string> ignored;            ///< As in `Build`.
};

/// Obstacle: WrongWorker where the project is another Worker's.
Readable<BuildSettings> settings_of(const std::optional<ProjectFile>& project,
                                    const WorkerConfig& worker);

/// Everything besides modules that makes two builds different versions.
/// `assets` is null where it has none.
JsonText settings_of_digest(const BuildSettings& settings, const AssetSet* assets);

}  // namespace rollout
