// SPDX-License-Identifier: Apache-2.0
// Which module a Worker starts with.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/disk/fd.h"
#include "daemon/adapters/disk/obstacle.h"
#include "daemon/adapters/disk/tree.h"

namespace rollout {

/// A build's directory, open and walked.
struct BuildDirectory {
  std::string path;
  Fd fd;
  Tree tree;
  /// The directory of its assets, where that lies elsewhere.
  std::shared_ptr<const BuildDirectory> assets = {};

  /// The latest change of any file or directory, the assets' included.
  Instant youngest() const {
    return assets ? std::max(tree.youngest(), assets->tree.youngest()) : tree.youngest();
  }
};

/// The only one at the top level of the names of modules that are code. `TwoMains` lists the
/// candidates, `NoMainModule` says that there is none.
Readable<std::string> only_candidate(const std::string& build_path,
                                     const std::vector<std::string>& code);

/// What `said` names among them: itself, or what a bundler makes of that source file
/// (`src/index.ts` -> `index.js`). `where` is the file or key that said so.
Readable<std::string> named_main(const std::string& build_path,
                                 const std::vector<std::string>& code, const std::string& said,
                                 const std::string& where);

}  // namespace rollout
