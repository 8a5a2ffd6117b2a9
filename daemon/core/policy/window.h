// SPDX-License-Identifier: Apache-2.0
// The hours of the week in which versions may be deleted: `Mon-Thu 09:00-16:00`.
#pragma once

#include <array>
#include <expected>
#include <string>
#include <string_view>

#include "daemon/core/policy/calendar.h"

namespace rollout {

class Window {
 public:
  /// Days (`Mon-Thu`, `Sat,Sun`; without any, every day) and hours, of which the first minute is
  /// inside and the last is not. Where they pass midnight, the day is that of their beginning. The
  /// error is one sentence for the author of the policy.
  static std::expected<Window, std::string> parse(std::string_view text);

  bool is_open(Instant instant, const Zone& zone) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::array<bool, 7> days_{};  ///< From Monday.
  std::chrono::minutes from_{};
  std::chrono::minutes to_{};
};

/// `Tue 18:05`, as a window would name it.
std::string format_wall_time(const WallTime& time);

}  // namespace rollout
