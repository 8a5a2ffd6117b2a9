// SPDX-License-Identifier: Apache-2.0
// Durations as people write them in policies: `y mo w d h min s`, largest first (`1h30min`).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
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

/// Years and months first, on the calendar of UTC, the day clamped to the month's last; then the
/// exact part. Before year 1 it saturates. (policies.md, statement 11)
Instant minus(Instant instant, const Duration& duration);

/// The inverse of `minus`, for a `start` that `minus(now, duration)` is still before: the first
/// instant after `now` at which it is not. None where that is beyond year 9999. Where months are
/// clamped, `minus` can fall behind `start` once more afterwards.
std::optional<Instant> first_reaching(Instant start, const Duration& duration, Instant now);

}  // namespace rollout
