// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/calendar.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <source_location>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using Days = std::chrono::days;

constexpr Instant kYearOne = std::chrono::sys_days(std::chrono::January / 1 / 1);
constexpr Instant kYearAfterLast = std::chrono::sys_days(std::chrono::January / 1 / 10000);
/// No version is older, and no rule looks further ahead; outside, the nearest offset counts.
constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2200;

/// An instant on the zone's own calendar: as if that were UTC.
Instant local(Instant instant, const Zone& zone) {
  return instant + zone.offset(instant);
}

/// The instant at which the zone's clocks show `wall`: the first of two; where they skip it, what
/// they show instead.
Instant from_local(Instant wall, const Zone& zone) {
  const Millis before = zone.offset(wall - Days(1));
  const Millis after = zone.offset(wall + Days(1));
  const bool still_before = zone.offset(wall - before) == before;
  return !still_before && zone.offset(wall - after) == after ? wall - after : wall - before;
}

/// A month that can be counted with, a day of it, and the time of that day.
struct Date {
  std::int64_t month = 0;  ///< 12 * year + month, from 0.
  unsigned day = 1;
  Millis time{};
};

Date split(Instant wall) {
  const auto midnight = std::chrono::floor<Days>(wall);
  const std::chrono::year_month_day date(midnight);
  return {12 * std::int64_t{int(date.year())} + unsigned(date.month()) - 1, unsigned(date.day()),
          wall - midnight};
}

std::chrono::year_month year_month(std::int64_t month) {
  return std::chrono::year(static_cast<int>(month / 12)) /
         std::chrono::month(static_cast<unsigned>(month % 12 + 1));
}

unsigned last_day(std::chrono::year_month month) {
  return unsigned(std::chrono::year_month_day_last(month / std::chrono::last).day());
}

std::int64_t days(Instant wall) {
  return std::chrono::floor<Days>(wall).time_since_epoch().count();
}

/// Weeks begin on Mondays, and 1970 began on a Thursday.
constexpr std::int64_t kThursday = 3;

std::int64_t floor_quotient(std::int64_t value, std::int64_t by) {
  return value >= 0 ? value / by : -((-value + by - 1) / by);
}

std::int64_t ordinal(Period period, Instant wall) {
  switch (period) {
    case Period::hour:
      return std::chrono::floor<std::chrono::hours>(wall).time_since_epoch().count();
    case Period::day:
      return days(wall);
    case Period::week:
      return floor_quotient(days(wall) + kThursday, 7);
    case Period::month:
      return split(wall).month;
    case Period::quarter:
      return split(wall).month / 3;
    case Period::year:
      return split(wall).month / 12;
  }
  ensure_failed("an unknown period", std::source_location::current());
}

/// The local time at which the bucket begins.
Instant start(Period period, std::int64_t ordinal) {
  switch (period) {
    case Period::hour:
      return Instant(std::chrono::hours(ordinal));
    case Period::day:
      return Instant(Days(ordinal));
    case Period::week:
      return Instant(Days(ordinal * 7 - kThursday));
    case Period::month:
      return std::chrono::sys_days(year_month(ordinal) / 1);
    case Period::quarter:
      return std::chrono::sys_days(year_month(ordinal * 3) / 1);
    case Period::year:
      return std::chrono::sys_days(year_month(ordinal * 12) / 1);
  }
  ensure_failed("an unknown period", std::source_location::current());
}

std::string format_week(Instant monday) {
  // The week belongs to the year of its Thursday.
  const auto thursday = std::chrono::floor<Days>(monday) + Days(kThursday);
  const auto year = std::chrono::year_month_day(thursday).year();
  const auto week = (thursday - std::chrono::sys_days(year / 1 / 1)) / Days(7) + 1;
  return fmt::format("{:04}-W{:02}", int(year), week);
}

std::string format_offset(Millis offset) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(std::chrono::abs(offset)).count();
  return fmt::format("{}{:02}{:02}", offset < 0ms ? '-' : '+', minutes / 60, minutes % 60);
}

/// The local month later, on the same day or, where there is none, on the first of the next one.
std::optional<Instant> plus_months(Instant wall, std::int64_t months) {
  const Date from = split(wall);
  const std::int64_t month = from.month + months;
  if (month >= split(kYearAfterLast).month) return std::nullopt;
  const auto target = year_month(month);
  return from.day <= last_day(target)
             ? std::chrono::sys_days(target / std::chrono::day(from.day)) + from.time
             : Instant(std::chrono::sys_days(target / std::chrono::last) + Days(1));
}

}  // namespace

std::expected<Zone, std::string> Zone::find(std::string_view name) {
  Zone zone;
  if (name == zone.name_) return zone;
  try {
    const date::time_zone* found = date::locate_zone(std::string(name));
    auto shifts = std::make_shared<Shifts>();
    auto at = std::chrono::sys_seconds(
        std::chrono::sys_days(std::chrono::year(kFirstYear) / std::chrono::January / 1));
    const auto end = std::chrono::sys_seconds(
        std::chrono::sys_days(std::chrono::year(kLastYear) / std::chrono::January / 1));
    while (at < end) {
      const date::sys_info info = found->get_info(at);
      if (shifts->empty() || shifts->back().offset != info.offset) {
        shifts->push_back({at, info.offset});
      }
      at = info.end;
    }
    zone.name_ = found->name();
    zone.shifts_ = std::move(shifts);
    return zone;
  } catch (const std::exception&) {
    return std::unexpected(fmt::format(
        "\"{}\" is no time zone that this host knows; write an IANA name such as Europe/Paris",
        name));
  }
}

Millis Zone::offset(Instant instant) const {
  if (shifts_ == nullptr) return 0ms;
  const auto after =
      std::upper_bound(shifts_->begin() + 1, shifts_->end(), instant,
                       [](Instant at, const Shift& shift) { return at < shift.from; });
  return std::prev(after)->offset;
}

std::optional<Instant> Zone::next_shift(Instant instant) const {
  if (shifts_ == nullptr) return std::nullopt;
  const auto after =
      std::upper_bound(shifts_->begin() + 1, shifts_->end(), instant,
                       [](Instant at, const Shift& shift) { return at < shift.from; });
  return after == shifts_->end() ? std::nullopt : std::optional(after->from);
}

Bucket bucket(Period period, Instant instant, const Zone& zone) {
  const Millis offset = zone.offset(instant);
  return {ordinal(period, instant + offset), period == Period::hour ? offset : 0ms};
}

Instant bucket_end(Period period, Instant instant, const Zone& zone) {
  const Bucket current = bucket(period, instant, zone);
  const Instant wall = start(period, current.ordinal + 1);
  if (period != Period::hour) return from_local(wall, zone);
  const Instant end = wall - current.offset;
  const auto shift = zone.next_shift(instant);
  return shift ? std::min(end, *shift) : end;
}

std::string format_bucket(Period period, const Bucket& bucket) {
  const Instant wall = start(period, bucket.ordinal);
  if (period == Period::week) return format_week(wall);
  const Date date = split(wall);
  const std::int64_t year = date.month / 12;
  const std::int64_t month = date.month % 12 + 1;
  switch (period) {
    case Period::hour:
      return fmt::format("{:04}-{:02}-{:02}T{:02}{}", year, month, date.day, date.time / 1h,
                         format_offset(bucket.offset));
    case Period::day:
      return fmt::format("{:04}-{:02}-{:02}", year, month, date.day);
    case Period::month:
      return fmt::format("{:04}-{:02}", year, month);
    case Period::quarter:
      return fmt::format("{:04}-Q{}", year, bucket.ordinal % 4 + 1);
    default:
      return fmt::format("{:04}", year);
  }
}

Instant minus(Instant instant, const Duration& duration, const Zone& zone) {
  if (duration.years != 0 || duration.months != 0) {
    const Date from = split(local(instant, zone));
    const std::int64_t month = from.month - 12 * duration.years - duration.months;
    if (month < 12) return kYearOne;
    const auto target = year_month(month);
    const unsigned day = std::min(from.day, last_day(target));
    instant = from_local(std::chrono::sys_days(target / 1) + Days(day - 1) + from.time, zone);
  }
  if (instant <= kYearOne || instant - kYearOne < duration.exact) return kYearOne;
  return instant - duration.exact;
}

std::optional<Instant> first_reaching(Instant start, const Duration& duration, Instant now,
                                      const Zone& zone) {
  if (duration.exact >= kYearAfterLast - start) return std::nullopt;
  Instant end = start + duration.exact;
  if (duration.years == 0 && duration.months == 0) {
    return std::max(end, now + 1ms);
  }
  auto wall = plus_months(local(end, zone), 12 * duration.years + duration.months);
  if (!wall) return std::nullopt;
  // Where the last days of a month all clamp to one day, `start` is reached on each of them.
  while (from_local(*wall, zone) <= now) *wall += Days(1);
  end = from_local(*wall, zone);
  // Where clocks are set in between, it is an hour off at most.
  const auto reached = [&](Instant at) { return minus(at, duration, zone) >= start; };
  Instant low = std::max(now, end - 2h);
  Instant high = end + 2h;
  if (zone.name() == Zone().name() || reached(low) || !reached(high)) return end;
  while (high - low > 1ms) {
    const Instant middle = low + (high - low) / 2;
    (reached(middle) ? high : low) = middle;
  }
  return high;
}

WallTime wall_time(Instant instant, const Zone& zone) {
  const Instant wall = local(instant, zone);
  const std::int64_t day = days(wall);
  const std::int64_t weekday = day + kThursday - 7 * floor_quotient(day + kThursday, 7);
  return {static_cast<unsigned>(weekday),
          std::chrono::floor<std::chrono::minutes>(wall - std::chrono::floor<Days>(wall))};
}

}  // namespace rollout
