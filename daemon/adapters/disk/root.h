// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>

#include "daemon/adapters/disk/fd.h"

namespace rollout {

/// Opens a build root, which must be a directory and no symbolic link. The error is the sentence
/// for `Sightings::unavailable`: what is wrong and, for the usual causes, what to do.
std::expected<Fd, std::string> open_root(const std::string& path);

/// Where the link leads now, as a path without symbolic links. `path` may also be a directory.
std::expected<std::string, std::string> resolve_link(const std::string& path);

}  // namespace rollout
