// SPDX-License-Identifier: Apache-2.0
// Two kinds of time. `Instant` is wall time, for people and retention; `Tick` is monotonic time,
// for waiting, backoff and deadlines, so that a clock step can neither prune nor repeat anything.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rollout {

using Millis = std::chrono::milliseconds;

/// Wall time in UTC with millisecond resolution.
using Instant = std::chrono::sys_time<Millis>;

/// Tag for `Tick`: CLOCK_BOOTTIME, which goes on during suspend. Has no `now()` on purpose: time
/// comes from the `Clock` port.
struct BootClock {
  using rep = Millis::rep;
  using period = Millis::period;
  using duration = Millis;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
};
using Tick = BootClock::time_point;

/// RFC 3339 with a zone (`2026-03-10T12:00:00Z`, `...+01:00`); fractions beyond milliseconds are
/// cut off. None for anything else, also for dates that do not exist.
std::optional<Instant> parse_rfc3339(std::string_view text);

/// `2026-03-10T12:00:00Z`, or with `.123` where there are milliseconds.
std::string format_rfc3339(Instant instant);

/// HTTP's date (RFC 9110, section 5.6.7, the preferred form only): `Sun, 06 Nov 1994 08:49:37 GMT`.
std::optional<Instant> parse_http_date(std::string_view text);
std::string format_http_date(Instant instant);

/// `3d 4h`, `5 min 2 s`, `420 ms`: the two largest units, for people.
std::string for_people(Millis duration);

}  // namespace rollout
