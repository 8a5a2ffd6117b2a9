// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/keep_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <source_location>

#include "daemon/core/model/ensure.h"
#include "daemon/core/policy/bucket_rule.h"

namespace rollout {
namespace {

using Members = std::span<const Member>;
using Traffic = ServiceRecord::Traffic;

/// How many a count or `all` lets through.
std::size_t most_of(const Extent& extent) {
  const auto* count = std::get_if<Count>(&extent);
  return count == nullptr ? std::numeric_limits<std::uint32_t>::max() : count->value;
}

/// One stretch of service that a rule asks about.
struct Stretch {
  Instant end;
  bool flows = false;
};

std::optional<Stretch> stretch_of(const Member& member, RuleKind kind) {
  if (member.service == nullptr) return std::nullopt;
  const ServiceRecord& service = *member.service;
  const auto& end = kind == RuleKind::stable ? service.stable_until : service.served_until;
  if (!end) return std::nullopt;
  const Traffic traffic = kind == RuleKind::stable ? service.stable : service.traffic;
  return Stretch{*end, traffic == Traffic::flows};
}

struct Place {
  Stretch stretch;
  const Member* member = nullptr;
};

/// The rules of one group, one after the other.
class RuleRun final {
 public:
  RuleRun(const GroupView& view, Instant now, const Zone& zone, Dialect dialect)
      : view_(view),
        now_(now),
        walk_{.anchor = view.group.anchor == Anchor::now ? now : newest(),
              .at_now = view.group.anchor == Anchor::now,
              .now = now,
              .zone = zone,
              .dialect = dialect} {}

  void apply(const KeepRule& rule) {
    for (const Extent& extent : rule.extents) {
      const Hits hits(view_.label, rule.kind, format_extent(extent));
      if (period_of(rule.kind)) {
        keep_buckets(hits, *period_of(rule.kind), by_date(), extent, walk_);
      } else {
        apply(hits, rule.kind, extent);
      }
    }
    for (const Pattern& pattern : rule.patterns) {
      const Hits hits(view_.label, rule.kind, pattern.text());
      for (const Member& member : view_.members) {
        if (pattern.matches(member.verdict->tag)) hits.add(member);
      }
    }
  }

 private:
  void apply(const Hits& hits, RuleKind kind, const Extent& extent) {
    const auto* window = std::get_if<Duration>(&extent);
    switch (kind) {
      case RuleKind::last:
        ENSURE(window == nullptr, "`last` has a duration and takes none");
        return keep_last(hits, most_of(extent));
      case RuleKind::within:
        ENSURE(window != nullptr, "`within` has a count and takes none");
        return keep_within(hits, *window);
      case RuleKind::deployed:
      case RuleKind::stable:
        return window == nullptr ? keep_served(hits, kind, most_of(extent))
                                 : keep_served(hits, kind, *window);
      default:
        ensure_failed("a rule has a value and takes none", std::source_location::current());
    }
  }

  void keep_last(const Hits& hits, std::size_t count) const {
    const auto size = std::min(view_.members.size(), count);
    for (std::size_t i = 0; i < size; ++i) {
      hits.add(view_.members[i], static_cast<std::uint32_t>(i + 1));
    }
  }

  /// The group's newest date, and not the present: an idle Worker loses nothing. A date after `now`
  /// moves nothing.
  Instant newest() const {
    std::optional<Instant> newest;
    for (const Member& member : view_.members) {
      const Instant created = *member.verdict->created_on;
      if (created <= now_ && (!newest || created > *newest)) newest = created;
    }
    return newest.value_or(now_);
  }

  void keep_within(const Hits& hits, const Duration& window) const {
    const Instant edge = minus(walk_.anchor, window, walk_.zone);
    for (const Member& member : view_.members) {
      const Instant created = *member.verdict->created_on;
      if (created >= edge) hits.add(member).until = leaves_window(created, window);
    }
  }

  /// When time alone puts a date out of the window, whose edge itself is inside.
  std::optional<Instant> leaves_window(Instant date, const Duration& window) const {
    if (!walk_.at_now) return std::nullopt;
    return first_reaching(date + Millis(1), window, now_, walk_.zone);
  }

  void keep_served(const Hits& hits, RuleKind kind, std::size_t count) const {
    std::vector<Place> served;
    for (const Member& member : view_.members) {
      if (const auto stretch = stretch_of(member, kind)) served.push_back({*stretch, &member});
    }
    // What serves on comes before what ended just now; else the one of higher rank is first.
    std::sort(served.begin(), served.end(), [](const Place& a, const Place& b) {
      if (a.stretch.end != b.stretch.end) return a.stretch.end > b.stretch.end;
      return a.stretch.flows != b.stretch.flows ? a.stretch.flows : a.member < b.member;
    });
    served.resize(std::min(served.size(), count));
    for (std::size_t i = 0; i < served.size(); ++i) {
      Reason& reason = hits.add(*served[i].member, static_cast<std::uint32_t>(i + 1));
      if (kind == RuleKind::stable && i + 1 == count) reason.until = next_stable(served);
    }
  }

  /// When one that is not among them will have soaked, and takes the last place.
  std::optional<Instant> next_stable(const std::vector<Place>& places) const {
    for (const Member& member : view_.members) {
      if (member.service == nullptr || !member.service->stable_at) continue;
      const bool among = std::any_of(places.begin(), places.end(),
                                     [&](const Place& place) { return place.member == &member; });
      if (!among) return member.service->stable_at;
    }
    return std::nullopt;
  }

  void keep_served(const Hits& hits, RuleKind kind, const Duration& window) const {
    const Instant edge = minus(now_, window, walk_.zone);
    for (const Member& member : view_.members) {
      const auto stretch = stretch_of(member, kind);
      if (!stretch || stretch->end < edge) continue;
      // The edge itself is inside the window.
      Reason& reason = hits.add(member);
      if (!stretch->flows) {
        reason.until = first_reaching(stretch->end + Millis(1), window, now_, walk_.zone);
      }
    }
  }

  const ByDate& by_date() {
    if (by_date_.empty()) by_date_ = newest_first(view_.members);
    return by_date_;
  }

  GroupView view_;
  Instant now_;
  Walk walk_;
  ByDate by_date_;
};

}  // namespace

void apply_rules(const GroupView& view, Instant now, const Zone& zone, Dialect dialect) {
  if (view.members.empty()) return;
  RuleRun run(view, now, zone, dialect);
  for (const KeepRule& rule : view.group.keep) run.apply(rule);
  const auto floor = std::min<std::size_t>(view.group.min_keep, view.members.size());
  for (std::size_t i = 0; i < floor; ++i) {
    Reason& reason = view.members[i].verdict->reasons.emplace_back();
    reason.code = ReasonCode::floor;
    reason.group = view.label;
    if (view.group.min_keep == 1) continue;
    reason.ordinal = static_cast<std::uint32_t>(i + 1);
    reason.limit = fmt::format("{}", view.group.min_keep);
  }
}

}  // namespace rollout
