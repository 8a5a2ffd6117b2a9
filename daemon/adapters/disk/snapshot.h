// SPDX-License-Identifier: Apache-2.0
// One directory read as one build, like a seqlock: walk, read and hash, walk again. Only if nothing
// moved in between was it one state of the directory.
#pragma once

#include <string>
#include <vector>

#include "daemon/adapters/disk/main_module.h"
#include "daemon/adapters/disk/marker.h"
#include "daemon/adapters/disk/obstacle.h"
#include "daemon/adapters/disk/project_file.h"
#include "daemon/core/model/build.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// Whether the directory has a marker (of whatever content).
bool has_marker(const Fd& directory);

/// The build whose marker lies in `build`: exactly the files it lists. Obstacles: MarkerInvalid,
/// MarkerMismatch, EmptyBuild, TooLarge, NoMainModule, TwoMains, FactsInvalid ..., or moving.
Readable<Build> read_marked(const BuildDirectory& build, const WorkerConfig& worker);

/// The modules of `build`, which must have been quiet, as `survey_modules` finds them.
Readable<Build> read_quiet(const BuildDirectory& build, const WorkerConfig& worker);

}  // namespace rollout
