// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/adapters/disk/fd.h"
#include "daemon/ports/module_contents.h"

namespace rollout {

/// Reads the modules of a build below the descriptor of its root; their names begin in `folder`.
class ModuleReader final : public ModuleContents {
 public:
  ModuleReader(Fd root, std::string root_path, std::string folder)
      : root_(std::move(root)), root_path_(std::move(root_path)), folder_(std::move(folder)) {}

  Result<void> read(const Module& module, const Sink& sink) override;

 private:
  Fd root_;
  std::string root_path_;
  std::string folder_;
};

}  // namespace rollout
