// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/policy/remarks.h"

namespace rollout {
namespace {

using std::chrono::days;

/// One value of one rule: what has a say by itself.
struct Part {
  RuleKind kind = RuleKind::last;
  const Extent* extent = nullptr;
  const Pattern* pattern = nullptr;  ///< Of `tagged`, in place of the extent.

  bool is_all() const { return extent != nullptr && std::holds_alternative<Every>(*extent); }
  const Count* count() const { return extent == nullptr ? nullptr : std::get_if<Count>(extent); }
  const Duration* duration() const {
    return extent == nullptr ? nullptr : std::get_if<Duration>(extent);
  }
  std::string text() const {
    return fmt::format("\"{}: {}\"", to_string(kind),
                       pattern == nullptr ? format_extent(*extent) : pattern->text());
  }
};

std::vector<Part> parts_of(const Group& group) {
  std::vector<Part> parts;
  for (const KeepRule& rule : group.keep) {
    for (const Extent& extent : rule.extents) parts.push_back({rule.kind, &extent, nullptr});
    for (const Pattern& pattern : rule.patterns) parts.push_back({rule.kind, nullptr, &pattern});
  }
  return parts;
}

Millis at_least(const Duration& duration) {
  return days(365 * duration.years + 28 * duration.months) + duration.exact;
}
Millis at_most(const Duration& duration) {
  return days(366 * duration.years + 31 * duration.months) + duration.exact;
}
bool covers(const Duration& a, const Duration& b) {
  return a == b || at_least(a) >= at_most(b);
}

days longest(Period period) {
  switch (period) {
    case Period::hour:
    case Period::day:
      return days(2);  // Clocks are set back at most by one.
    case Period::week:
      return days(8);
    case Period::month:
      return days(32);
    case Period::quarter:
      return days(93);
    case Period::year:
      return days(367);
  }
  return days(367);
}

/// The most periods of the finer kind that lie in one of the coarser; 0 where they do not nest.
std::uint64_t within_one(Period finer, Period coarser) {
  if (finer >= coarser) return 0;
  const auto length = static_cast<std::uint64_t>(longest(coarser).count());
  switch (finer) {
    case Period::hour:
      return 25 * length;
    case Period::day:
      return length;
    case Period::week:
      return 0;
    case Period::month:
      return coarser == Period::quarter ? 3 : 12;
    case Period::quarter:
    case Period::year:
      return 4;
  }
  return 0;
}

/// The newest of a coarser period is the newest of its finer one, too.
bool shadows_buckets(const Part& finer, const Part& coarser) {
  const auto a = period_of(finer.kind);
  const auto b = period_of(coarser.kind);
  const std::uint64_t most = a && b ? within_one(*a, *b) : 0;
  if (most == 0) return false;
  if (finer.is_all()) return true;
  if (finer.count() != nullptr && coarser.count() != nullptr)
    return finer.count()->value > (coarser.count()->value - 1) * most;
  return finer.duration() != nullptr && coarser.duration() != nullptr &&
         at_least(*finer.duration()) >= at_most(*coarser.duration()) + longest(*b);
}

/// Whether whatever the first keeps of a smaller kind holds all of the second, by the values alone.
bool is_no_less(const Part& a, const Part& b) {
  if (a.is_all()) return true;
  if (a.count() != nullptr && b.count() != nullptr) return a.count()->value >= b.count()->value;
  return a.duration() != nullptr && b.duration() != nullptr && covers(*a.duration(), *b.duration());
}

bool shadows_part(const Part& a, const Part& b) {
  if (a.kind == RuleKind::last && a.is_all()) return true;
  if (a.pattern != nullptr && a.pattern->text() == "*") return true;
  if (a.pattern != nullptr || b.pattern != nullptr)
    return a.pattern != nullptr && b.pattern != nullptr && a.pattern->text() == b.pattern->text();
  if (a.kind == b.kind) return is_no_less(a, b);
  // What was stable served; but of two counts each has its own order.
  if (a.kind == RuleKind::deployed && b.kind == RuleKind::stable)
    return a.is_all() || (a.duration() != nullptr && is_no_less(a, b));
  if (a.kind == RuleKind::within && period_of(b.kind) && b.duration() != nullptr)
    return at_least(*a.duration()) >= at_most(*b.duration()) + longest(*period_of(b.kind));
  return shadows_buckets(a, b);
}

void shadow_rules(const Group& group, std::vector<Remark>& out) {
  const std::vector<Part> parts = parts_of(group);
  for (std::size_t weak = 0; weak < parts.size(); ++weak) {
    for (std::size_t strong = 0; strong < parts.size(); ++strong) {
      if (strong == weak || !shadows_part(parts[strong], parts[weak])) continue;
      // Of two that are equal the second is told.
      if (strong > weak && shadows_part(parts[weak], parts[strong])) continue;
      out.push_back(
          {"ShadowedRule", fmt::format("group {}: {} keeps nothing that {} does not keep",
                                       group.name, parts[weak].text(), parts[strong].text())});
      break;
    }
  }
}

/// Whether the first matches all that the second does. A character that is in neither stands for
/// whatever the second leaves open; only a `*` can have matched it.
bool takes_all_of(const Pattern& first, const Pattern& second) {
  constexpr char kOpen = '\x01';
  const std::string& a = first.text();
  if (a == second.text()) return true;
  if (a.starts_with("re:") || second.text().starts_with("re:")) return false;
  if (a.find_first_of("?<") != std::string::npos) return false;
  std::string sample;
  for (std::size_t at = 0; at < second.text().size(); ++at) {
    const char c = second.text()[at];
    if (c == '<') at = second.text().find('>', at);
    sample += c == '*' || c == '?' || c == '<' ? kOpen : c;
  }
  return first.matches(sample);
}

/// A group takes what matches; with `per` the value must not be empty or hold a slash.
const Pattern* taken_before(const Group& before, const Pattern& pattern) {
  if (!before.per.empty()) {
    const auto same = std::find_if(before.match.begin(), before.match.end(),
                                   [&](const Pattern& p) { return p.text() == pattern.text(); });
    return same == before.match.end() ? nullptr : &*same;
  }
  const auto found = std::find_if(before.match.begin(), before.match.end(),
                                  [&](const Pattern& each) { return takes_all_of(each, pattern); });
  return found == before.match.end() ? nullptr : &*found;
}

void shadow_patterns(const RetentionPolicy& policy, std::size_t index, std::vector<Remark>& out) {
  const Group& group = policy.groups[index];
  for (const Pattern& pattern : group.match) {
    for (std::size_t i = 0; i < index; ++i) {
      const Pattern* taker = taken_before(policy.groups[i], pattern);
      if (taker == nullptr) continue;
      out.push_back(
          {"ShadowedGroup",
           fmt::format("group {} gets no version by \"{}\": \"{}\" of group {} before it "
                       "takes them all",
                       group.name, pattern.text(), taker->text(), policy.groups[i].name)});
      break;
    }
  }
}

}  // namespace

std::vector<Remark> shadows(const RetentionPolicy& policy) {
  std::vector<Remark> out;
  for (std::size_t i = 0; i < policy.groups.size(); ++i) {
    shadow_rules(policy.groups[i], out);
    shadow_patterns(policy, i, out);
  }
  return out;
}

}  // namespace rollout
