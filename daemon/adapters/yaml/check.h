// SPDX-License-Identifier: Apache-2.0
// Holds a tree against a table: unknown and missing keys, shapes, texts. What one key means for
// another (references, doubles) is checked where the configuration is built.
#pragma once

#include <string>

#include "daemon/adapters/yaml/keys.h"
#include "daemon/adapters/yaml/node.h"
#include "daemon/adapters/yaml/problems.h"

namespace rollout {

void check_document(const Node& root, const Table& table, Problems& problems);

/// `workers.shop-api` or, where the entry has no name, `workers[2]`, from 1.
std::string entry_path(const std::string& path, const Node& entry, std::size_t index);

}  // namespace rollout
