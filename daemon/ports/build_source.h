// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "daemon/core/plan/config.h"
#include "daemon/core/plan/sighting.h"
#include "daemon/ports/module_contents.h"

namespace rollout {

/// What is on disk under a Worker's build root. Never reads a byte outside that root, except facts
/// (git, package.json, wrangler's configuration) from its parents.
class BuildSource {
 public:
  virtual ~BuildSource() = default;

  /// Looks at the root of `worker`, which must have `build`. Unchanged files are not read again.
  /// What is wrong with the root or a build is part of the answer, not a failure.
  virtual Sightings look(const WorkerConfig& worker) = 0;

  /// The bytes of a build that `look` has just returned; they are checked as they are read.
  virtual Result<std::unique_ptr<ModuleContents>> open(const WorkerConfig& worker,
                                                       const Build& build) = 0;

  /// The bytes of its assets, of which it must have some. Several may be read at once, each by a
  /// thread of its own; all are opened before the first is read.
  virtual Result<std::unique_ptr<ModuleContents>> open_assets(const WorkerConfig& worker,
                                                              const Build& build) = 0;
};

}  // namespace rollout
