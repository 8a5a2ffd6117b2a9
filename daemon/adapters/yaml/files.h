// SPDX-License-Identifier: Apache-2.0
// Reads the files of a configuration: regular files of bounded size, in a fixed order.
#pragma once

#include <string>
#include <vector>

#include "daemon/adapters/yaml/node.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// The text (a byte order mark is dropped). Adds an error where it cannot be read; then the text
/// is empty.
struct FileRead {
  SourceText source;
  bool readable = false;
};
FileRead read_file(const std::string& path, std::vector<ConfigError>& errors);

/// Paths of the `*.yaml` in a directory, in lexical order, without hidden ones. A directory that
/// does not exist has none. A `*.yml`, which would be overlooked, is an error.
std::vector<std::string> list_yaml(const std::string& directory, std::vector<ConfigError>& errors);

}  // namespace rollout
