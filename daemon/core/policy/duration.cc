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

}  // namespace rollout
