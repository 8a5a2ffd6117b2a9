// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/absence.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace rollout {
namespace {

bool is_undated(const Verdict& verdict) {
  return std::any_of(verdict.reasons.begin(), verdict.reasons.end(),
                     [](const Reason& reason) { return reason.code == ReasonCode::bad_timestamp; });
}

void list(std::string& text, const std::string& part) {
  text.append(text.empty() ? "" : ", ").append(part);
}

}  // namespace

Absences::Absences(const RetentionPolicy& policy, std::span<const Verdict> verdicts)
    : policy_(policy) {
  for (const Verdict& verdict : verdicts) {
    if (verdict.group.empty() || is_undated(verdict)) continue;
    members_[verdict.group].push_back(&verdict);
    for (const Reason& reason : verdict.reasons) {
      if (reason.code != ReasonCode::rule || reason.bucket.empty()) continue;
      holders_.try_emplace({reason.group, reason.rule, reason.bucket}, verdict.number);
    }
  }
}

std::string Absences::of(const Verdict& condemned) const {
  std::string text;
  const Group* group = find_group(policy_, condemned.group);
  if (group == nullptr) return text;
  for (const KeepRule& rule : group->keep) {
    for (const Extent& extent : rule.extents) {
      list(text, fmt::format("{} {} ({})", to_string(rule.kind), format_extent(extent),
                             missed(condemned, rule, extent)));
    }
    for (const Pattern& pattern : rule.patterns) {
      list(text, fmt::format("{} {} (its tag is another)", to_string(rule.kind), pattern.text()));
    }
  }
  return text;
}

std::string Absences::missed(const Verdict& verdict, const KeepRule& rule,
                             const Extent& extent) const {
  const bool counts = !std::holds_alternative<Duration>(extent);
  if (const auto period = period_of(rule.kind)) return other_of(verdict, rule.kind, *period);
  switch (rule.kind) {
    case RuleKind::last: {
      const auto& members = members_.at(verdict.group);
      // They stand in one list, in rank.
      const auto place =
          std::lower_bound(members.begin(), members.end(), &verdict, std::less<const Verdict*>());
      const auto newer = place - members.begin();
      return fmt::format("{} newer {} in its group", newer, newer == 1 ? "is" : "are");
    }
    case RuleKind::within:
      return "it is older";
    case RuleKind::stable:
      return counts ? "it is none of these" : "it was not stable then";
    default:
      return counts ? "it is none of these" : "it did not serve then";
  }
}

/// Who is kept in its place, if anybody is.
std::string Absences::other_of(const Verdict& verdict, RuleKind kind, Period period) const {
  const std::string named =
      format_bucket(period, bucket(period, *verdict.created_on, policy_.timezone));
  const auto holder = holders_.find({verdict.group, std::string(to_string(kind)), named});
  if (holder == holders_.end()) return fmt::format("{} is further back", named);
  return fmt::format("v{} is kept for {}", holder->second, named);
}

}  // namespace rollout
