// SPDX-License-Identifier: Apache-2.0
// Which files of a build its modules import.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "daemon/adapters/disk/main_module.h"
#include "daemon/codec/script_imports.h"

namespace rollout {

/// Paths are relative to the build. Its files are known before any code is read.
class ModuleGraph final {
 public:
  /// Names of modules begin at `folder`: "", or with `/` at its end.
  ModuleGraph(const BuildDirectory& build, std::string folder);

  /// Reads the code of one JavaScript module.
  void add(const std::string& path, std::string_view code);
  /// One that is too large for that: it may import anything.
  void add_unread(const std::string& path) { nodes_[path].computed = true; }

  /// `main` and what it imports, directly or not. Never too little: a file counts as imported where
  /// any text of the code names it. Null where any may be meant: some import is computed, or `main`
  /// is no script.
  std::optional<std::set<std::string>> needed_by(const std::string& main) const;

  /// IncompleteBuild: the module imports a file that is not there, or ends too early.
  Readable<void> check(const std::string& path) const;

 private:
  struct Node {
    std::set<std::string> named;
    bool computed = false;
    std::string fault;  ///< "" where there is none.
  };
  std::string file_of(const std::string& path, std::string_view specifier) const;
  std::string fault_of(const std::string& path, const ScriptImports& found) const;

  const BuildDirectory& build_;
  std::string folder_;
  std::map<std::string, Node> nodes_;
};

}  // namespace rollout
