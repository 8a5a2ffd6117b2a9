// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "daemon/core/policy/problems.h"

namespace rollout {
namespace {

/// Sentences about one part of a policy, such as a group.
class Findings final {
 public:
  Findings(std::vector<PolicyProblem>& found, std::string part)
      : found_(found), part_(std::move(part)) {}

  /// About one of its keys; empty: about the whole.
  template <class... Args>
  void add(std::string_view key, fmt::format_string<Args...> format, Args&&... args) {
    found_.push_back({fmt::format(format, std::forward<Args>(args)...),
                      key.empty() ? part_ : fmt::format("{}/{}", part_, key)});
  }

 private:
  std::vector<PolicyProblem>& found_;
  std::string part_;
};

/// A count or `all`.
bool takes_count(RuleKind kind) {
  return kind != RuleKind::within && kind != RuleKind::tagged;
}
bool takes_duration(RuleKind kind) {
  return kind != RuleKind::last && kind != RuleKind::tagged;
}

void check_extent(const Group& group, RuleKind kind, const Extent& extent, Findings& findings) {
  const std::string_view rule = to_string(kind);
  const std::string key = fmt::format("keep/{}", rule);
  if (const auto* count = std::get_if<Count>(&extent)) {
    if (!takes_count(kind)) {
      findings.add(key, "group {}: {} takes no count", group.name, rule);
    } else if (count->value == 0) {
      findings.add(key, "group {}: \"{}: 0\" would keep nothing; the least is 1", group.name, rule);
    }
    return;
  }
  const auto* duration = std::get_if<Duration>(&extent);
  if (duration == nullptr) {
    if (!takes_count(kind)) findings.add(key, "group {}: {} cannot be all", group.name, rule);
  } else if (!takes_duration(kind)) {
    findings.add(key, "group {}: {} takes no duration", group.name, rule);
  } else if (duration->is_zero()) {
    findings.add(key, "group {}: \"{}: 0s\" would keep nothing; 0s is for min_age and grace alone",
                 group.name, rule);
  }
}

void check_rule(const Group& group, const KeepRule& rule, Findings& findings) {
  for (const Extent& extent : rule.extents) check_extent(group, rule.kind, extent, findings);
  const std::string key = fmt::format("keep/{}", to_string(rule.kind));
  if (!rule.patterns.empty() && rule.kind != RuleKind::tagged) {
    findings.add(key, "group {}: {} takes no pattern", group.name, to_string(rule.kind));
  }
  if (rule.extents.empty() && rule.patterns.empty()) {
    findings.add(key, "group {}: {} has no value", group.name, to_string(rule.kind));
  }
}

bool matches_all(const Group& group) {
  return group.match.empty() || std::any_of(group.match.begin(), group.match.end(),
                                            [](const Pattern& p) { return p.text() == "*"; });
}

/// With `per`, every pattern says what the value is.
void check_captures(const Group& group, Findings& findings) {
  if (group.per.empty()) return;
  if (group.match.empty()) {
    findings.add("per", "group {}: per: {} needs a match that captures <{}>", group.name, group.per,
                 group.per);
  }
  for (const Pattern& pattern : group.match) {
    if (!pattern.captures(group.per)) {
      findings.add("per", "group {}: \"{}\" does not capture <{}>, by which the group is split",
                   group.name, pattern.text(), group.per);
    }
  }
}

void check_floor(const Group& group, Findings& findings) {
  if (group.min_keep != 0 || group.anchor == Anchor::now) return;
  findings.add("min_keep",
               "group {}: \"min_keep: 0\" lets the whole group go; it is for \"anchor: now\" alone",
               group.name);
}

void check_group(const Group& group, Findings& findings) {
  if (group.name.empty()) findings.add("", "a group has no name");
  if (group.keep.empty()) {
    findings.add("", "group {} keeps nothing; write at least one rule under keep", group.name);
  }
  for (const KeepRule& rule : group.keep) check_rule(group, rule, findings);
  check_captures(group, findings);
  check_floor(group, findings);
}

void check_groups(const std::vector<Group>& groups, std::vector<PolicyProblem>& found) {
  std::set<std::string_view> names;
  const Group* catches_all = nullptr;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Group& group = groups[i];
    Findings findings(found, fmt::format("/groups/{}", i));
    if (!names.insert(group.name).second) {
      findings.add("name", "two groups are named {}", group.name);
    }
    if (catches_all != nullptr) {
      findings.add("", "group {} can never match: {} before it matches every version", group.name,
                   catches_all->name);
    } else if (matches_all(group)) {
      catches_all = &group;
    }
    check_group(group, findings);
  }
}

void check_protections(const Protections& protect, Findings findings) {
  if (protect.rollback == 0) {
    findings.add("rollback",
                 "protect: \"rollback: 0\" would leave nothing to go back to; the least is 1");
  }
  if (protect.soak.is_zero()) {
    findings.add(
        "soak", "protect: \"soak: 0s\" makes everything stable; 0s is for min_age and grace alone");
  }
}

void check_limits(const RunLimits& limits, Findings findings) {
  if (limits.max_deletes == 0) {
    findings.add("max_deletes", "limits: \"max_deletes: 0\" would stop every run; the least is 1");
  }
  if (limits.max_percent < 1 || limits.max_percent > 100) {
    findings.add("max_percent", "limits: max_percent is {}%; it is from 1% to 100%",
                 limits.max_percent);
  }
}

/// An approval lifts no limit, so a plan must be able to lie between the two.
void check_approval(const RunLimits& limits, Findings findings) {
  if (!limits.approve_over) return;
  if (*limits.approve_over == 0) {
    findings.add("approve_over", "limits: \"approve_over: 0\" is below the least, which is 1");
  } else if (*limits.approve_over >= limits.max_deletes) {
    findings.add("approve_over",
                 "limits: approve_over {} would never ask, for a plan of more than max_deletes {} "
                 "is stopped and cannot be approved; write less, or raise max_deletes",
                 *limits.approve_over, limits.max_deletes);
  }
}

}  // namespace

std::vector<PolicyProblem> problems(const RetentionPolicy& policy) {
  std::vector<PolicyProblem> found;
  if (policy.groups.empty()) {
    found.push_back({"the policy keeps nothing; write at least one rule under keep", ""});
  }
  check_groups(policy.groups, found);
  check_protections(policy.protect, Findings(found, "/protect"));
  check_limits(policy.limits, Findings(found, "/limits"));
  check_approval(policy.limits, Findings(found, "/limits"));
  return found;
}

}  // namespace rollout
