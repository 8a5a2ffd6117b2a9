// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/filters.h"

#include <date/date.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <locale>

#include "daemon/core/model/ensure.h"
#include "daemon/core/policy/utf8.h"

namespace rollout {
namespace {

/// Of text that is digits and nothing else, or none.
std::optional<std::uint64_t> number(const std::string& text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string first_characters(std::string_view text, std::uint64_t count) {
  std::string_view rest = text;
  for (std::uint64_t i = 0; i < count && !rest.empty(); ++i) rest = after_character(rest);
  return std::string(text.substr(0, text.size() - rest.size()));
}

// Of ASCII alone: what other letters become depends on a language.
char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string each(std::string text, char (*change)(char)) {
  for (char& c : text) c = change(c);
  return text;
}

/// Lower case; every run of anything but letters and digits is one `-`, and none at the ends.
std::string slug_of(std::string_view text) {
  std::string out;
  bool gap = false;
  for (const char raw : text) {
    const char c = to_lower(raw);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain && gap && !out.empty()) out += '-';
    if (plain) out += c;
    gap = !plain;
  }
  return out;
}

std::string size_of(std::uint64_t bytes) {
  constexpr std::array kUnits{"KiB", "MiB", "GiB"};
  constexpr double kStep = 1024;
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto amount = static_cast<double>(bytes) / kStep;
  std::size_t unit = 0;
  while (amount >= kStep && unit + 1 < kUnits.size()) {
    amount /= kStep;
    ++unit;
  }
  return amount < 10 ? fmt::format("{:.1f} {}", amount, kUnits[unit])
                     : fmt::format("{:.0f} {}", amount, kUnits[unit]);
}

}  // namespace

std::expected<std::string, std::string> apply_filter(const Template::Filter& filter,
                                                     const std::string& value) {
  using enum Template::Filter::Kind;
  switch (filter.kind) {
    case first:
      return first_characters(value, number(filter.argument).value_or(0));
    case time: {
      const auto instant = parse_rfc3339(value);
      if (!instant) return std::unexpected(fmt::format("\"{}\" is no RFC 3339 time", value));
      return date::format(std::locale::classic(), filter.argument,
                          std::chrono::floor<std::chrono::seconds>(*instant));
    }
    case lower:
      return each(value, to_lower);
    case upper:
      return each(value, to_upper);
    case slug:
      return slug_of(value);
    case truncate:
      return truncate_utf8(value, number(filter.argument).value_or(0));
    case size: {
      const auto bytes = number(value);
      if (!bytes) return std::unexpected(fmt::format("\"{}\" is no number of bytes", value));
      return size_of(*bytes);
    }
    case fallback:
      return value;
  }
  ensure_failed("an unknown filter", std::source_location::current());
}

std::string truncate_utf8(std::string_view text, std::size_t budget) {
  constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
  if (text.size() <= budget) return std::string(text);
  if (budget < kEllipsis.size()) return {};
  std::size_t size = budget - kEllipsis.size();
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return std::string(text.substr(0, size)) + std::string(kEllipsis);
}

}  // namespace rollout
