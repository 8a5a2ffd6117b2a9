// SPDX-License-Identifier: Apache-2.0
// Durations as people write them in policies: `y mo w d h min s`, largest first (`1h30min`).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "daemon/core/model/instant.h"

namespace rollout {

/// Years and months are calendar lengths; the rest is exact, in whole seconds. Never negative.
struct Duration {
  std::int64_t years = 0;
  std::int64_t months = 0;
  Millis exact{0};
  bool is_zero() const { return years == 0 && months == 0 && exact == Millis(0); }
  auto operator<=>(const Duration&) const = default;
};

/// The error is one sentence for the author of the policy. A bare number and a bare `m` are errors:
/// `m` is a month in restic, 31 days in borg and a minute in Go.
std::expected<Duration, std::string> parse_duration(std::string_view text);

/// A text that parses to the same duration, largest unit first; weeks are written as days: `14d`.
std::string format_duration(const Duration& duration);

}  // namespace rollout
