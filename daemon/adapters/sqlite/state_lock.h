// SPDX-License-Identifier: Apache-2.0
// One process per state directory.
#pragma once

#include <string>

#include "daemon/core/model/failure.h"

namespace rollout {

/// Held from `lock_state` until it goes; also when the process is killed.
class StateLock {
 public:
  explicit StateLock(int descriptor) : descriptor_(descriptor) {}
  ~StateLock();
  StateLock(StateLock&& other) noexcept;
  StateLock& operator=(StateLock&& other) noexcept;
  StateLock(const StateLock&) = delete;
  StateLock& operator=(const StateLock&) = delete;

 private:
  int descriptor_;
};

/// Takes `<directory>/lock`, a file of its own that nobody else closes. `refused` where another
/// process holds it (exit 73), with a sentence that names that process; `local` where the
/// directory cannot be used.
Result<StateLock> lock_state(const std::string& directory);

}  // namespace rollout
