// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/instant.h"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

namespace rollout {
namespace {

template <class Parsed>
std::optional<Instant> read(std::string_view text, const char* format) {
  std::istringstream in{std::string(text)};
  Parsed parsed{};
  in >> date::parse(format, parsed);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  return Instant(std::chrono::duration_cast<Millis>(parsed.time_since_epoch()));
}

/// Each `d` of the shape is a digit, everything else itself.
bool has_shape(std::string_view text, std::string_view shape) {
  return std::ranges::equal(text, shape, [](char given, char wanted) {
    return wanted == 'd' ? given >= '0' && given <= '9' : given == wanted;
  });
}

}  // namespace

std::optional<Instant> parse_rfc3339(std::string_view text) {
  // The library accepts shorter fields, spaces and zones of any length; RFC 3339 does not.
  constexpr std::string_view kDate = "dddd-dd-ddTdd:dd:dd";
  if (!has_shape(text.substr(0, kDate.size()), kDate)) return std::nullopt;
  std::string_view rest = text.substr(kDate.size());
  std::string_view fraction;
  if (rest.starts_with('.')) {
    const auto end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    if (end == 1) return std::nullopt;
    fraction = rest.substr(0, std::min<std::size_t>(end, 7));  // Not beyond microseconds.
    rest.remove_prefix(end);
  }
  const std::string date(text.substr(0, kDate.size()));
  using Parsed = date::sys_time<std::chrono::microseconds>;
  if (rest == "Z") return read<Parsed>(fmt::format("{}{}", date, fraction), "%FT%T");
  if (!has_shape(rest, "+dd:dd") && !has_shape(rest, "-dd:dd")) return std::nullopt;
  return read<Parsed>(fmt::format("{}{}{}", date, fraction, rest), "%FT%T%Ez");
}

std::string format_rfc3339(Instant instant) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant);
  std::string text = date::format("%FT%T", seconds);
  if (const auto rest = instant - seconds; rest.count() != 0) {
    text += fmt::format(".{:03}", rest.count());
  }
  return text + "Z";
}

std::optional<Instant> parse_http_date(std::string_view text) {
  return read<date::sys_seconds>(text, "%a, %d %b %Y %T GMT");
}

std::string format_http_date(Instant instant) {
  return date::format("%a, %d %b %Y %T GMT", std::chrono::floor<std::chrono::seconds>(instant));
}

std::string for_people(Millis duration) {
  if (duration < Millis(0)) return "-" + for_people(-duration);
  if (duration < std::chrono::seconds(1)) return fmt::format("{} ms", duration.count());
  struct Unit {
    Millis length;
    const char* name;
  };
  using namespace std::chrono_literals;
  static constexpr std::array kUnits{Unit{24h, "d"}, Unit{1h, "h"}, Unit{1min, "min"},
                                     Unit{1s, "s"}};
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    const auto count = duration / kUnits[i].length;
    if (count == 0) continue;
    std::string text = fmt::format("{} {}", count, kUnits[i].name);
    if (i + 1 == kUnits.size()) return text;
    const auto rest = (duration % kUnits[i].length) / kUnits[i + 1].length;
    return rest == 0 ? text : fmt::format("{} {} {}", text, rest, kUnits[i + 1].name);
  }
  return "0 s";
}

}  // namespace rollout
