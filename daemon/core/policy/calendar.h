// SPDX-License-Identifier: Apache-2.0
// The one place that knows a calendar: time zones, the buckets of retention rules, and subtracting
// months. (policies.md, statements 10 and 11)
#pragma once

#include <compare>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/model/instant.h"
#include "daemon/core/policy/duration.h"

namespace rollout {

/// A time zone's offsets from UTC, read once from the system's database. By default UTC.
class Zone {
 public:
  /// By its IANA name. The error is one sentence for the author of the policy.
  static std::expected<Zone, std::string> find(std::string_view name);

  const std::string& name() const { return name_; }
  Millis offset(Instant instant) const;
  /// The first change of the offset after `instant`.
  std::optional<Instant> next_shift(Instant instant) const;

 private:
  struct Shift {
    Instant from;
    Millis offset{};
  };
  using Shifts = std::vector<Shift>;

  std::string name_ = "UTC";
  std::shared_ptr<const Shifts> shifts_;  ///< In order; null for UTC.
};

enum class Period { hour, day, week, month, quarter, year };

/// A period that an instant lies in. Of two in one zone the later is the greater, but for the hour
/// that a clock set back repeats: it is two, told apart by their offsets.
struct Bucket {
  std::int64_t ordinal = 0;  ///< Of hours, days, weeks, ... of local time.
  Millis offset{};           ///< Of hours alone.
  auto operator<=>(const Bucket&) const = default;
};

Bucket bucket(Period period, Instant instant, const Zone& zone);

/// The first instant after `instant` that is not in its bucket.
Instant bucket_end(Period period, Instant instant, const Zone& zone);

/// `2026-11-01T01-0400`, `2026-11-01`, `2026-W44` (ISO 8601), `2026-11`, `2026-Q4`, `2026`.
std::string format_bucket(Period period, const Bucket& bucket);

/// Years and months first, on the calendar of the zone, the day clamped to the month's last; then
/// the exact part. Before year 1 it saturates.
Instant minus(Instant instant, const Duration& duration, const Zone& zone = {});

/// The inverse of `minus`, for a `start` that `minus(now, duration)` is still before: the first
/// instant after `now` at which it is not. None where that is beyond year 9999. Where months are
/// clamped, `minus` can fall behind `start` once more afterwards.
std::optional<Instant> first_reaching(Instant start, const Duration& duration, Instant now,
                                      const Zone& zone = {});

/// What a clock on the wall shows.
struct WallTime {
  unsigned weekday = 0;  ///< 0 is Monday.
  std::chrono::minutes minute{};
};
WallTime wall_time(Instant instant, const Zone& zone);

}  // namespace rollout
