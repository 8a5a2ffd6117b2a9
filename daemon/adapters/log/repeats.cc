// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/log/repeats.h"

#include <algorithm>
#include <array>
#include <bit>

namespace rollout {
namespace {

constexpr int kWarning = 4;
constexpr int kInfo = 6;
/// Different warnings remembered per Worker; a build that is wrong in ever new ways must not fill
/// the memory.
constexpr std::size_t kRemembered = 256;

/// What differs between two records of the same trouble.
constexpr std::array<std::string_view, 6> kVolatile{"ATTEMPT", "DURATION_MS", "CF_RAY",
                                                    "RUN_ID",  "PLAN_ID",     "GENERATION"};

std::string field(const EventRecord& record, std::string_view name) {
  const auto found =
      std::ranges::find(record.fields, name, [](const auto& each) { return each.first; });
  return found == record.fields.end() ? std::string() : found->second;
}

std::string identity(const EventRecord& record) {
  std::string text(record.name);
  for (const auto& [name, value] : record.fields) {
    if (std::ranges::find(kVolatile, name) != kVolatile.end()) continue;
    text.append("\n").append(name).append("=").append(value);
  }
  return text;
}

}  // namespace

std::optional<std::uint64_t> Repeats::count(const EventRecord& record) {
  const std::pair whose(field(record, "ACCOUNT"), field(record, "WORKER"));
  if (record.priority > kWarning) {
    if (record.priority <= kInfo) seen_.erase(whose);
    return 0;
  }
  // The answer to a person who tries again: it is never held back.
  if (record.name == "config.reload_failed") return 0;

  auto& warnings = seen_[whose];
  if (warnings.size() >= kRemembered) warnings.clear();
  const std::uint64_t times = ++warnings[identity(record)];
  if (!std::has_single_bit(times)) return std::nullopt;
  return times < 4 ? 0 : times / 2 - 1;
}

}  // namespace rollout
