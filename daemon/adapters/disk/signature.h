// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/adapters/disk/tree.h"
#include "daemon/core/model/ids.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// A hash over everything that what is read of a build depends on: the identity, size and times of
/// every file and directory of it, of wrangler's configuration beside it, and the Worker's own
/// configuration of its build and version.
Sha256 signature(const std::string& build_path, const Tree& tree, const WorkerConfig& worker);

}  // namespace rollout
