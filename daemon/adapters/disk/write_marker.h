// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/disk/marker.h"
#include "daemon/core/model/build.h"
#include "daemon/core/model/failure.h"

namespace rollout {

struct MarkOptions {
  std::string dir;
  enum class Git { no, yes } git = Git::no;  ///< `yes`: to have no git facts is a failure.
  std::optional<std::string> main = {};      ///< Where it is not the only candidate.
  enum class Publish { yes, no } publish = Publish::yes;  ///< `no`: only the summary.
};

struct MarkSummary {
  std::string path;  ///< Of the marker.
  Marker marker;
  std::size_t modules = 0;
  std::size_t assets = 0;   ///< Files of the directory of its assets, where that is in the build.
  std::uint64_t bytes = 0;  ///< Of the modules.
  std::vector<LeftOut> left_out;  ///< Files that the marker does not list.
};

/// Declares the build in `dir` finished: reads it whole, and publishes its marker with a rename,
/// synced with its directory. A repeat replaces the marker. Main module and package are looked for
/// as the daemon looks for them. Failures: `invalid` with the sentence that the daemon would give,
/// `local` where the marker cannot be written.
Result<MarkSummary> write_marker(const MarkOptions& options);

}  // namespace rollout
