// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace rollout {

/// Writes whole lines to a descriptor that it does not own, and never waits for a reader. The
/// descriptor is not made non-blocking: standard error is shared with other processes.
class LineWriter {
 public:
  explicit LineWriter(int fd);
  /// False where nothing of the line was taken. What was taken in part is completed before the next
  /// line, so that lines stay whole.
  bool write(std::string_view line);

 private:
  enum class Kind { pipe, socket, other };
  /// Bytes taken, 0 where the reader is slow or gone.
  std::size_t offer(std::string_view bytes);

  int fd_;
  Kind kind_;
  std::string rest_;
};

}  // namespace rollout
