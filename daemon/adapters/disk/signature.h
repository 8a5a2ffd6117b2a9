// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/adapters/disk/main_module.h"
#include "daemon/core/model/ids.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// A hash over everything that what is read of a build depends on: the identity, size and times of
/// every file and directory of it and of its assets, of wrangler's configuration beside it, and the
/// Worker's own configuration of its build and version.
Sha256 signature(const BuildDirectory& build, const WorkerConfig& worker);

}  // namespace rollout
