// SPDX-License-Identifier: Apache-2.0
// Text -> tree, strictly: what yaml-cpp would take in silence (duplicate keys, second documents,
// tags, endless aliases) is a problem here.
#pragma once

#include <cstddef>
#include <optional>

#include "daemon/adapters/yaml/node.h"
#include "daemon/adapters/yaml/problems.h"

namespace rollout {

inline constexpr std::size_t kYamlBytes = 256 * 1024;
inline constexpr std::size_t kYamlDepth = 32;
inline constexpr std::size_t kYamlNodes = 50'000;  ///< Aliases count with all they stand for.

/// None where the text gives no tree. A tree may come with problems, such as a duplicate key; of
/// two values the first is in the tree.
std::optional<Node> read_yaml(const SourceText& source, Problems& problems);

}  // namespace rollout
