// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/remarks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace rollout {
namespace {

bool keeps_all(const Group& group) {
  return std::any_of(group.keep.begin(), group.keep.end(), [](const KeepRule& rule) {
    return rule.kind == RuleKind::last &&
           std::any_of(rule.extents.begin(), rule.extents.end(),
                       [](const Extent& each) { return std::holds_alternative<Every>(each); });
  });
}

/// What a series of tags begins with: `v` of `v*`. Empty where the pattern names one tag, or any.
std::string_view family_of(const Pattern& pattern) {
  const std::string_view text = pattern.text();
  const std::size_t open = text.find_first_of("*?<");
  const bool is_series = !text.starts_with("re:") && open != std::string_view::npos;
  return is_series ? text.substr(0, open) : std::string_view();
}

/// Versions of several series share the counts of a group, so a run of one pushes out another.
void remark_families(const Group& group, std::vector<Remark>& out) {
  if (keeps_all(group)) return;
  std::set<std::string> families;
  for (const Pattern& pattern : group.match) {
    const std::string_view family = family_of(pattern);
    const bool is_new =
        !family.empty() && std::none_of(families.begin(), families.end(), [&](const auto& known) {
          return family.starts_with(known) || known.starts_with(family);
        });
    if (is_new) families.emplace(family);
  }
  if (families.size() < 2) return;
  out.push_back({"MixedFamilies",
                 fmt::format("group {} mixes the tags that begin with \"{}\": they share its "
                             "counts, so that many of one push out the others; give each a group "
                             "of its own",
                             group.name, fmt::join(families, "\", \""))});
}

void remark_depth(const Group& group, std::vector<Remark>& out) {
  for (const KeepRule& rule : group.keep) {
    for (const Extent& extent : rule.extents) {
      const auto* count = std::get_if<Count>(&extent);
      if (count == nullptr || count->value <= kDeployable) continue;
      out.push_back({"KeepBeyondDeployable",
                     fmt::format("group {}: \"{}: {}\" keeps more than the {} newest versions, "
                                 "which are all that Cloudflare can still deploy; nobody can go "
                                 "back to the rest",
                                 group.name, to_string(rule.kind), count->value, kDeployable)});
    }
  }
}

/// What of a group stays for ever, however old it is: `"last: 2"`. Empty where nothing does.
std::string what_stays(const Group& group) {
  if (group.min_keep > 0) return fmt::format("\"min_keep: {}\"", group.min_keep);
  for (const KeepRule& rule : group.keep) {
    if (!rule.patterns.empty()) return fmt::format("\"{}\"", to_string(rule.kind));
    for (const Extent& extent : rule.extents) {
      if (!std::holds_alternative<Duration>(extent))
        return fmt::format("\"{}: {}\"", to_string(rule.kind), format_extent(extent));
    }
  }
  return "";
}

void remark_growth(const Group& group, std::vector<Remark>& out) {
  const std::string what = group.per.empty() ? "" : what_stays(group);
  if (what.empty()) return;
  out.push_back({"UnboundedGroups",
                 fmt::format("group {}: each <{}> is a group of its own, and {} keeps versions of "
                             "every one for ever; \"anchor: now\", \"min_keep: 0\" and durations "
                             "alone, such as \"within: 14d\", let one go that nobody builds",
                             group.name, group.per, what)});
}

}  // namespace

std::vector<Remark> remarks(const RetentionPolicy& policy) {
  std::vector<Remark> out = shadows(policy);
  for (const Group& group : policy.groups) {
    remark_families(group, out);
    remark_depth(group, out);
    remark_growth(group, out);
  }
  return out;
}

std::vector<Remark> unmatched_groups(const RetentionPolicy& policy,
                                     std::span<const std::string> tags, std::string_view which) {
  std::vector<Remark> out;
  if (tags.empty()) return out;
  std::set<std::size_t> matched;
  for (const std::string& tag : tags) {
    if (const auto owner = owner_of(policy, tag)) matched.insert(owner->group);
  }
  for (std::size_t i = 0; i < policy.groups.size(); ++i) {
    const Group& group = policy.groups[i];
    if (group.match.empty() || matched.contains(i)) continue;
    out.push_back({"UnmatchedGroup", fmt::format("group {} matches no version {}; its `match` may "
                                                 "be mistyped",
                                                 group.name, which)});
  }
  return out;
}

}  // namespace rollout
