// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/retention_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/core/model/ensure.h"

namespace rollout {

std::string format_extent(const Extent& extent) {
  if (const auto* count = std::get_if<Count>(&extent)) return fmt::format("{}", count->value);
  if (const auto* duration = std::get_if<Duration>(&extent)) return format_duration(*duration);
  return "all";
}

std::optional<Owner> owner_of(const RetentionPolicy& policy, std::string_view tag) {
  for (std::size_t i = 0; i < policy.groups.size(); ++i) {
    const Group& group = policy.groups[i];
    if (group.match.empty()) return Owner{i, std::nullopt};
    for (const Pattern& pattern : group.match) {
      if (group.per.empty()) {
        if (pattern.matches(tag)) return Owner{i, std::nullopt};
      } else if (auto value = pattern.capture(tag, group.per)) {
        return Owner{i, std::move(value)};
      }
    }
  }
  return std::nullopt;
}

const Group* find_group(const RetentionPolicy& policy, std::string_view label) {
  const std::string_view name = label.substr(0, label.find('/'));
  const auto found = std::find_if(policy.groups.begin(), policy.groups.end(),
                                  [&](const Group& group) { return group.name == name; });
  return found == policy.groups.end() ? nullptr : &*found;
}

std::optional<Period> period_of(RuleKind kind) {
  switch (kind) {
    case RuleKind::hourly:
      return Period::hour;
    case RuleKind::daily:
      return Period::day;
    case RuleKind::weekly:
      return Period::week;
    case RuleKind::monthly:
      return Period::month;
    case RuleKind::quarterly:
      return Period::quarter;
    case RuleKind::yearly:
      return Period::year;
    default:
      return std::nullopt;
  }
}

std::string_view to_string(RuleKind kind) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "last",      "within", "hourly",   "daily",  "weekly", "monthly",
      "quarterly", "yearly", "deployed", "stable", "tagged"};
  const auto index = static_cast<std::size_t>(kind);
  ENSURE(index < kNames.size(), "a kind of rule must have a name");
  return kNames[index];
}

}  // namespace rollout
