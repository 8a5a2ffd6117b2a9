// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "daemon/adapters/yaml/nearest.h"

namespace rollout {
namespace {

/// Code points, which is what a terminal shows of tags and names in nearly every case.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

}  // namespace

std::string align(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    if (!text.empty()) text += '\n';
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] - width(row[i]) + 2, ' ');
    }
  }
  return text;
}

std::string bytes_for_people(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 4> units = {"B", "KiB", "MiB", "GiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  if (unit == 0 || value >= 100) return fmt::format("{:.0f} {}", value, units[unit]);
  return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string version_label(std::uint64_t number, std::string_view tag) {
  return tag.empty() ? fmt::format("v{}", number) : fmt::format("v{} \"{}\"", number, tag);
}

std::string percent(double percentage) {
  return fmt::format("{:g} %", percentage);
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string unknown_worker_sentence(std::string_view name, const std::vector<std::string>& known) {
  if (known.empty()) return fmt::format("no Worker `{}` is configured; there is none", name);
  const std::string guess = did_you_mean(name, known);
  return fmt::format("no Worker `{}` is configured{}{} {}", name, guess,
                     guess.empty() ? "; there are:" : " There are:", fmt::join(known, ", "));
}

std::string text_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  return member != nullptr && member->is_string() ? member->get<std::string>() : std::string();
}

std::uint64_t count_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  return member != nullptr && member->is_number_unsigned() ? member->get<std::uint64_t>() : 0;
}

const Json& list_member(const Json& object, std::string_view name) {
  static const Json none = Json::array();
  const Json* member = find_member(object, name);
  return member != nullptr && member->is_array() ? *member : none;
}

}  // namespace rollout
