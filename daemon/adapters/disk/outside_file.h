// SPDX-License-Identifier: Apache-2.0
// Facts may come from a build's parents; modules never do.
#pragma once

#include <optional>
#include <string>

#include "daemon/adapters/disk/obstacle.h"

namespace rollout {

inline constexpr std::uint64_t kMaxOutsideBytes = 1024 * 1024;

/// A small regular file outside a build: none where there is none. `FactsUnreadable` where it is
/// there and cannot be read, or is too large.
Readable<std::optional<std::string>> read_outside(const std::string& path);

}  // namespace rollout
