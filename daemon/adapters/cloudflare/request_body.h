// SPDX-License-Identifier: Apache-2.0
// The body of a create, streamed: modules are encoded while they are read, so that a Worker of
// 64 MiB never stands in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/model/build.h"
#include "daemon/core/model/failure.h"
#include "daemon/ports/module_contents.h"

namespace rollout {

/// False where nothing more can be taken: the connection is gone.
using BodySink = std::function<bool(std::string_view)>;

/// A body of a known size. `bundle` and `contents` must outlive it.
class CreateBody {
 public:
  CreateBody(const Bundle& bundle, ModuleContents& contents);

  /// Exact, for `Content-Length`.
  std::uint64_t size() const { return size_; }

  /// Hands everything to `sink`, once. Fails where the modules cannot be read as they were hashed:
  /// then less than `size` bytes were handed out and the JSON is not complete, so that the request
  /// cannot have had an effect. Ends early and well where the sink ends it.
  Result<void> write(const BodySink& sink);

 private:
  const Bundle& bundle_;
  ModuleContents& contents_;
  std::string head_;                  ///< Up to the list of modules, or the whole body.
  std::vector<std::string> openers_;  ///< Per module, up to the first character of its base64.
  std::string tail_;
  std::uint64_t size_ = 0;
};

}  // namespace rollout
