// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/keep_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

/// One rule with one of its extents, on one group.
class Hits final {
 public:
  Hits(const Group& group, RuleKind kind, std::string limit)
      : group_(group), kind_(kind), limit_(std::move(limit)) {}

  void add(const Member& member, std::optional<std::uint32_t> ordinal,
           std::optional<Instant> until) const {
    Reason& reason = member.verdict->reasons.emplace_back();
    reason.code = ReasonCode::rule;
    reason.group = group_.name;
    reason.rule = to_string(kind_);
    reason.ordinal = ordinal;
    reason.limit = limit_;
    reason.until = until;
  }

 private:
  const Group& group_;
  RuleKind kind_;
  std::string limit_;
};

using Members = std::span<const Member>;

void keep_last(const Hits& hits, Members members, Count count) {
  const auto size = std::min<std::size_t>(members.size(), count.value);
  for (std::size_t i = 0; i < size; ++i) {
    hits.add(members[i], static_cast<std::uint32_t>(i + 1), std::nullopt);
  }
}

/// The group's newest date, and not the present: an idle Worker loses nothing. A date after `now`
/// moves nothing.
Instant anchor(Members members, Instant now) {
  std::optional<Instant> newest;
  for (const Member& member : members) {
    const Instant created = *member.verdict->created_on;
    if (created <= now && (!newest || created > *newest)) newest = created;
  }
  return newest.value_or(now);
}

void keep_within(const Hits& hits, Members members, const Duration& window, Instant now) {
  const Instant edge = minus(anchor(members, now), window);
  for (const Member& member : members) {
    if (*member.verdict->created_on >= edge) hits.add(member, std::nullopt, std::nullopt);
  }
}

void keep_deployed(const Hits& hits, Members members, Count count) {
  std::vector<const Member*> served;
  for (const Member& member : members) {
    if (member.service != nullptr) served.push_back(&member);
  }
  // Of two that ended together, the one of higher rank comes first.
  std::sort(served.begin(), served.end(), [](const Member* a, const Member* b) {
    const Instant end_a = *a->service->served_until;
    const Instant end_b = *b->service->served_until;
    return end_a != end_b ? end_a > end_b : a < b;
  });
  const auto size = std::min<std::size_t>(served.size(), count.value);
  for (std::size_t i = 0; i < size; ++i) {
    hits.add(*served[i], static_cast<std::uint32_t>(i + 1), std::nullopt);
  }
}

void keep_deployed(const Hits& hits, Members members, const Duration& window, Instant now) {
  const Instant edge = minus(now, window);
  for (const Member& member : members) {
    if (member.service == nullptr || *member.service->served_until < edge) continue;
    // The edge itself is inside the window.
    const bool flows = member.service->traffic == ServiceRecord::Traffic::flows;
    hits.add(member, std::nullopt,
             flows ? std::nullopt
                   : first_reaching(*member.service->served_until + Millis(1), window, now));
  }
}

void keep_tagged(const Hits& hits, Members members, const Pattern& pattern) {
  for (const Member& member : members) {
    if (pattern.matches(member.verdict->tag)) hits.add(member, std::nullopt, std::nullopt);
  }
}

void apply(const Group& group, RuleKind kind, Members members, Count count) {
  const Hits hits(group, kind, fmt::format("{}", count.value));
  if (kind == RuleKind::last) return keep_last(hits, members, count);
  ENSURE(kind == RuleKind::deployed, "a rule has a count and takes none");
  keep_deployed(hits, members, count);
}

void apply(const Group& group, RuleKind kind, Members members, const Duration& window,
           Instant now) {
  const Hits hits(group, kind, format_duration(window));
  if (kind == RuleKind::within) return keep_within(hits, members, window, now);
  ENSURE(kind == RuleKind::deployed, "a rule has a duration and takes none");
  keep_deployed(hits, members, window, now);
}

}  // namespace

void apply_rules(const Group& group, std::span<const Member> members, Instant now) {
  if (members.empty()) return;
  for (const KeepRule& rule : group.keep) {
    for (const Extent& extent : rule.extents) {
      if (const auto* count = std::get_if<Count>(&extent)) {
        apply(group, rule.kind, members, *count);
      } else {
        apply(group, rule.kind, members, std::get<Duration>(extent), now);
      }
    }
    for (const Pattern& pattern : rule.patterns) {
      keep_tagged(Hits(group, rule.kind, pattern.text()), members, pattern);
    }
  }
  Reason& floor = members.front().verdict->reasons.emplace_back();
  floor.code = ReasonCode::floor;
  floor.group = group.name;
}

}  // namespace rollout
