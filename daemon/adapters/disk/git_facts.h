// SPDX-License-Identifier: Apache-2.0
// Facts of the repository that holds a build, through libgit2, which never runs a command in
// somebody's repository.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "daemon/adapters/disk/marker.h"

namespace rollout {

struct RepositoryFacts {
  GitFacts git;
  std::string where;  ///< `git HEAD of /srv/shop-api`
};

/// None where no parent of `directory` is a repository, or it has no commit yet. The error is a
/// sentence; it explains libgit2's refusal to read a repository that belongs to another user.
/// Of several tags on the commit the last in lexical order counts.
std::expected<std::optional<RepositoryFacts>, std::string> git_facts(const std::string& directory);

}  // namespace rollout
