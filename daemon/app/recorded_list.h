// SPDX-License-Identifier: Apache-2.0
// A recorded list (formats.md): what `versions list -o json` prints and `policy preview` reads.
#pragma once

#include <expected>
#include <set>
#include <string>
#include <string_view>

#include "daemon/core/model/deployment.h"
#include "daemon/core/model/version.h"

namespace rollout {

struct RecordedList {
  Listing listing;
  DeploymentHistory history;
  std::set<VersionId> pins;
};

/// Unknown members are ignored: a later version may have written them. The error is one sentence
/// that names the entry.
std::expected<RecordedList, std::string> parse_recorded_list(std::string_view text);

}  // namespace rollout
