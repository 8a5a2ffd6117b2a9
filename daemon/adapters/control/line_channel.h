// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/model/instant.h"
#include "daemon/ports/clock.h"

namespace rollout {

inline constexpr std::size_t kLongestRequest = std::size_t{64} * 1024;
/// A plan over 100,000 versions fits.
inline constexpr std::size_t kLongestAnswer = std::size_t{64} * 1024 * 1024;

/// Lines over a non-blocking stream socket that it does not own, each with a time limit.
class LineChannel final {
 public:
  /// Everything ends early once `bell` is readable; -1 for none.
  LineChannel(int fd, int bell, std::size_t longest, Clock& clock)
      : fd_(fd), bell_(bell), longest_(longest), clock_(clock) {}

  /// The next line without its end; none where the other side closed, the time is over, or the line
  /// is too long.
  std::optional<std::string> read(Millis limit);
  bool write(std::string_view line, Millis limit);  ///< Adds the end of the line.

  bool too_long() const { return too_long_; }
  bool timed_out() const { return timed_out_; }

 private:
  bool wait_for(short what, Tick deadline);

  int fd_;
  int bell_;
  std::size_t longest_;
  Clock& clock_;
  std::string buffer_;
  bool too_long_ = false;
  bool timed_out_ = false;
};

}  // namespace rollout
