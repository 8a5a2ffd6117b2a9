// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/duration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using Days = std::chrono::days;

struct Unit {
  std::string_view name;
  Millis length;  ///< 0 for the calendar's units.
};
constexpr std::array kUnits{Unit{"y", 0ms}, Unit{"mo", 0ms},   Unit{"w", Days(7)}, Unit{"d", 24h},
                            Unit{"h", 1h},  Unit{"min", 1min}, Unit{"s", 1s}};

/// So long that no sum of all units overflows.
constexpr std::size_t kDigits = 9;

constexpr Instant kYearOne = std::chrono::sys_days(std::chrono::January / 1 / 1);
constexpr Instant kYearAfterLast = std::chrono::sys_days(std::chrono::January / 1 / 10000);

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view take(std::string_view& text, bool (*belongs)(char)) {
  const auto end = std::find_if_not(text.begin(), text.end(), belongs);
  const auto taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

std::string unit_problem(std::string_view whole, std::string_view number, std::string_view unit) {
  if (unit.empty()) {
    return fmt::format("\"{0}\" has no unit; write {1}d, {1}h or {1}min", whole, number);
  }
  if (unit == "m") {
    return fmt::format("\"{0}\": m is ambiguous; write {1}min or {1}mo", whole, number);
  }
  return fmt::format("\"{}\": {} is no unit; the units are y, mo, w, d, h, min and s", whole, unit);
}

std::string shape_problem(std::string_view whole, std::string_view rest) {
  if (rest.empty()) return "the duration is empty; write for example 30d, 12h or 1h30min";
  const char next = rest.front();
  if (next == '-') return fmt::format("\"{}\" is negative; a duration is a length", whole);
  if (next == ' ') return fmt::format("\"{}\" has a space; write it as in 1h30min", whole);
  if (next == '.' || next == ',') {
    return fmt::format("\"{}\" has a fraction; write whole numbers, as in 1h30min", whole);
  }
  return fmt::format("\"{}\" is no duration; write for example 30d, 12h or 1h30min", whole);
}

/// An instant as a month that can be counted with, a day of it, and the time of that day.
struct Calendar {
  std::int64_t month = 0;  ///< 12 * year + month, from 0.
  unsigned day = 1;
  Millis time{};
};

Calendar split(Instant instant) {
  const auto midnight = std::chrono::floor<Days>(instant);
  const std::chrono::year_month_day date(midnight);
  return {12 * std::int64_t{int(date.year())} + unsigned(date.month()) - 1, unsigned(date.day()),
          instant - midnight};
}

std::chrono::year_month year_month(std::int64_t month) {
  return std::chrono::year(static_cast<int>(month / 12)) /
         std::chrono::month(static_cast<unsigned>(month % 12 + 1));
}

unsigned last_day(std::chrono::year_month month) {
  return unsigned(std::chrono::year_month_day_last(month / std::chrono::last).day());
}

}  // namespace

std::expected<Duration, std::string> parse_duration(std::string_view text) {
  Duration duration;
  std::string_view rest = text;
  std::size_t next_unit = 0;
  do {
    const std::string_view number = take(rest, is_digit);
    if (number.empty()) return std::unexpected(shape_problem(text, rest));
    if (number.size() > kDigits) {
      return std::unexpected(fmt::format("\"{}\": {} is too large a number", text, number));
    }
    if (!rest.empty() && !is_letter(rest.front())) {
      return std::unexpected(shape_problem(text, rest));
    }
    const std::string_view name = take(rest, is_letter);
    const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                   [&](const Unit& known) { return known.name == name; });
    if (unit == kUnits.end()) return std::unexpected(unit_problem(text, number, name));
    const auto index = static_cast<std::size_t>(unit - kUnits.begin());
    if (index < next_unit) {
      return std::unexpected(
          fmt::format("\"{}\": write each unit once and the largest first, as in 1h30min", text));
    }
    next_unit = index + 1;
    std::int64_t value = 0;
    std::from_chars(number.data(), number.data() + number.size(), value);
    if (name == "y") duration.years = value;
    if (name == "mo") duration.months = value;
    duration.exact += value * unit->length;
  } while (!rest.empty());
  return duration;
}

std::string format_duration(const Duration& duration) {
  ENSURE(duration.exact % 1s == 0ms, "a policy's duration has a part of a second");
  if (duration.is_zero()) return "0s";
  std::string text;
  if (duration.years != 0) text += fmt::format("{}y", duration.years);
  if (duration.months != 0) text += fmt::format("{}mo", duration.months);
  Millis left = duration.exact;
  for (const Unit& unit : std::span(kUnits).last<4>()) {
    if (const auto count = left / unit.length; count != 0) {
      text += fmt::format("{}{}", count, unit.name);
    }
    left %= unit.length;
  }
  return text;
}

Instant minus(Instant instant, const Duration& duration) {
  if (duration.years != 0 || duration.months != 0) {
    const Calendar from = split(instant);
    const std::int64_t month = from.month - 12 * duration.years - duration.months;
    if (month < 12) return kYearOne;
    const auto target = year_month(month);
    const unsigned day = std::min(from.day, last_day(target));
    instant = std::chrono::sys_days(target / std::chrono::day(day)) + from.time;
  }
  if (instant <= kYearOne || instant - kYearOne < duration.exact) return kYearOne;
  return instant - duration.exact;
}

std::optional<Instant> first_reaching(Instant start, const Duration& duration, Instant now) {
  if (duration.exact >= kYearAfterLast - start) return std::nullopt;
  Instant end = start + duration.exact;
  if (duration.years != 0 || duration.months != 0) {
    const Calendar from = split(end);
    const std::int64_t month = from.month + 12 * duration.years + duration.months;
    if (month >= split(kYearAfterLast).month) return std::nullopt;
    const auto target = year_month(month);
    // A day that the month does not have is reached with the first of the next one.
    end = from.day <= last_day(target)
              ? std::chrono::sys_days(target / std::chrono::day(from.day)) + from.time
              : Instant(std::chrono::sys_days(target / std::chrono::last) + Days(1));
  }
  // Where the last days of a month all clamp to one day, `start` is reached on each of them.
  while (end <= now) end += Days(1);
  return end;
}

}  // namespace rollout
