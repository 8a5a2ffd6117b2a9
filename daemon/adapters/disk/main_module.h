// SPDX-License-Identifier: Apache-2.0
// Which module a Worker starts with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/disk/fd.h"
#include "daemon/adapters/disk/obstacle.h"
#include "daemon/adapters/disk/tree.h"
#include "daemon/core/model/build.h"

namespace rollout {

/// A build's directory, open and walked.
struct BuildDirectory {
  std::string path;
  Fd fd;
  Tree tree;
};

/// Of all files those that are not taken; the marker is ours, and no file of the build.
std::size_t files_left_out(const Tree& tree, std::size_t taken);

/// The only code module at the top level. `TwoMains` lists the candidates, `NoMainModule` says
/// that there is none.
Readable<std::string> only_candidate(const std::string& build_path,
                                     const std::vector<Module>& modules);

/// What `said` names among the modules: itself, or what a bundler makes of that source file
/// (`src/index.ts` -> `index.js`). `where` is the file or key that said so.
Readable<std::string> named_main(const std::string& build_path, const std::vector<Module>& modules,
                                 const std::string& said, const std::string& where);

}  // namespace rollout
