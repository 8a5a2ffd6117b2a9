// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "daemon/core/model/build.h"
#include "daemon/core/model/failure.h"

namespace rollout {

/// Streams the bytes of a build's modules.
class ModuleContents {
 public:
  using Sink = std::function<bool(std::span<const std::byte>)>;  ///< False ends the read early.

  virtual ~ModuleContents() = default;

  /// Hands out exactly `module.size` bytes in order, in pieces, and checks them against
  /// `module.sha256` while they pass. `invalid` where the file is no longer what was hashed: the
  /// caller must then break off its request before the body is complete.
  virtual Result<void> read(const Module& module, const Sink& sink) = 0;
};

}  // namespace rollout
