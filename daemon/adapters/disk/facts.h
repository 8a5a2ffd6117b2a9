// SPDX-License-Identifier: Apache-2.0
// What is known of a build for tagging.
#pragma once

#include <optional>
#include <string>

#include "daemon/adapters/disk/main_module.h"
#include "daemon/adapters/disk/marker.h"
#include "daemon/adapters/disk/obstacle.h"
#include "daemon/core/model/build.h"

namespace rollout {

/// The nearest `package.json` with a name or a version, from the build's directory upward to its
/// repository; where there is no repository, in the directory and its parent only.
struct FoundPackage {
  PackageFacts package;
  std::string where;
};
Readable<std::optional<FoundPackage>> find_package(const std::string& directory);

/// `git.*` and `package.*` from the marker, else from the repository and `package.json`; `info.*`
/// from `build-info.json` in the build, any JSON with dotted paths (`info.ci.run`, `info.list.0`).
/// Where a repository cannot be read the only git fact is `git.refusal`, the sentence that says
/// why. Obstacles: FactsUnreadable, FactsInvalid.
Readable<Facts> gather_facts(const BuildDirectory& build, const std::optional<Marker>& marker);

}  // namespace rollout
