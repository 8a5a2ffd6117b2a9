// SPDX-License-Identifier: Apache-2.0
// The static assets of a build: where they lie, which files they are, and their names in a
// manifest.
// Source: wrangler 4, `buildAssetManifest`; what is done otherwise stands in the README.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/disk/main_module.h"
#include "daemon/adapters/disk/marker.h"
#include "daemon/adapters/disk/obstacle.h"
#include "daemon/adapters/disk/project_file.h"
#include "daemon/core/model/build.h"
#include "daemon/core/plan/config.h"

namespace rollout {

inline constexpr std::uint64_t kMaxAssetBytes = 25 * 1024 * 1024;

/// `_headers` and `_redirects`, which say how the others are served.
bool holds_rules(std::string_view name);

/// The directory of a build's assets.
struct AssetsPlace {
  std::string path;                   ///< Absolute.
  std::optional<std::string> folder;  ///< In the build, with `/` at its end, or "". None: outside.

  /// `file` is relative to the build.
  bool holds(std::string_view file) const { return folder && file.starts_with(*folder); }
};

/// `build.assets`, or what the project's configuration names; none where neither does. Assets
/// outside the build are read where the daemon's own configuration says so, and never because a
/// build does. Obstacles: AssetsOutside, AssetsMissing.
Readable<std::optional<AssetsPlace>> place_of_assets(const std::string& build_path,
                                                     const std::optional<ProjectFile>& project,
                                                     const BuildConfig& config);

/// `TooManyFiles` where a build has more than `kMaxFiles` besides its assets.
Readable<void> check_count(const BuildDirectory& build, const std::optional<AssetsPlace>& assets);

/// The files there that a marker of the build vouches for, or all. `rules` are the modules that
/// `_headers` and `_redirects` become: the Versions API takes them so.
struct FoundAssets {
  std::shared_ptr<const AssetSet> set;
  std::vector<Module> rules;
};

/// Obstacles: AssetTooLarge, TooManyAssets, AssetsHoldWorker, AssetsMissing, AssetsNewer,
/// IgnoreInvalid, MarkerMismatch, or moving.
Readable<FoundAssets> read_assets(const BuildDirectory& build, const AssetsPlace& place,
                                  const std::optional<Marker>& marker, std::size_t most);

}  // namespace rollout
