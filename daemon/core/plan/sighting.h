// SPDX-License-Identifier: Apache-2.0
// What a look at a Worker's build root found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/core/model/build.h"
#include "daemon/core/model/instant.h"

namespace rollout {

/// A build that is there but cannot become a version as it is. `code` is CamelCase: `TwoMains`,
/// `SymlinkInBuild`, `TooLarge`, `MarkerMismatch`, ...
struct RejectedBuild {
  std::string root;
  std::string code;
  std::string detail;  ///< What, where, why, and what to do.
  auto operator<=>(const RejectedBuild&) const = default;
};

struct Sightings {
  std::vector<Build> builds;  ///< Finished builds, oldest first.
  std::vector<RejectedBuild> rejected;
  /// Build directories that are there without a finished build: rejected, changing or not marked.
  std::vector<std::string> unfinished;
  /// The root cannot be read or is gone: a sentence. Never to be taken as "no builds".
  std::optional<std::string> unavailable;
  /// Something changes or is too fresh: when a look is worth while again.
  std::optional<Tick> look_again;
};

}  // namespace rollout
