// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "daemon/core/model/ensure.h"
#include "daemon/core/model/trailer.h"
#include "daemon/core/policy/keep_rules.h"
#include "daemon/core/policy/service_record.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

/// Before Workers existed, and later than clocks that agree can differ: no date to judge by.
constexpr Instant kEarliest = std::chrono::sys_days(std::chrono::January / 1 / 2010);
constexpr Millis kAhead = 5min;

/// What is known of a version besides its listing. Most versions have nothing of it.
struct Known {
  const ServiceRecord* service = nullptr;
  std::optional<Instant> seen_young;  ///< When it was first seen, if that is within `min_age`.
  bool current = false;
  bool pinned = false;
  bool refused = false;
};

struct Case {
  const Version* version = nullptr;
  const Known* known = nullptr;
  bool dated = true;
  bool on_disk = false;
};

Verdict open_verdict(const Version& version) {
  return {.version = version.id,
          .number = version.number,
          .tag = version.annotations.tag,
          .created_on = version.created_on,
          .group = {},
          .in_scope = true,
          .reasons = {}};
}

/// A group, or with `per` one of its captured values.
struct Instance {
  const Group* group = nullptr;
  std::string label;
  std::vector<Member> members = {};
};

class Judge final {
 public:
  Judge(const RetentionPolicy& policy, const History& history, Instant now)
      : policy_(policy),
        history_(history),
        now_(now),
        young_(young_after(policy, now)),
        records_(service_records(*history.deployments, policy.protect.soak, now, policy.timezone)) {
    learn();
  }

  std::vector<Verdict> judge() {
    rank();
    verdicts_.reserve(cases_.size());  // Members point into it.
    open_groups();
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      verdicts_.push_back(open_verdict(*cases_[i].version));
      const auto group = classify(cases_[i], verdicts_[i]);
      if (!group) continue;
      Instance& instance = instances_[*group];
      verdicts_[i].group = instance.label;
      if (takes_part(i)) instance.members.push_back({&verdicts_[i], cases_[i].known->service});
    }
    for (const Instance& each : instances_) {
      apply_rules({*each.group, each.label, each.members}, now_, policy_.timezone);
    }
    const auto rollback = rollback_targets();
    auto target = rollback.begin();
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      const bool is_target = target != rollback.end() && target->first == i;
      protect(cases_[i], verdicts_[i], is_target ? (target++)->second : 0);
    }
    return std::move(verdicts_);
  }

 private:
  bool takes_part(std::size_t index) const {
    return cases_[index].dated && verdicts_[index].in_scope;
  }

  void learn();
  void rank();
  void open_groups();
  std::optional<std::size_t> classify(Case& item, Verdict& verdict);
  std::size_t instance_of(std::size_t group, std::string_view value);
  std::map<std::size_t, std::uint32_t> rollback_targets() const;
  void protect(const Case& item, Verdict& verdict, std::uint32_t rollback_place) const;
  void protect_young(const Case& item, Verdict& verdict) const;
  void protect_pinned(const Case& item, Verdict& verdict) const;

  const RetentionPolicy& policy_;
  const History& history_;
  Instant now_;
  Instant young_;
  std::map<VersionId, ServiceRecord> records_;
  std::unordered_map<VersionId, Known, VersionIdHash> known_;
  std::vector<Case> cases_;          ///< In rank.
  std::vector<Verdict> verdicts_;    ///< The same places.
  std::vector<Instance> instances_;  ///< Those of the policy's groups first, at their places.
  std::unordered_map<std::string, std::size_t> by_label_;  ///< Only ever looked into.
};

void Judge::learn() {
  for (const auto& [id, record] : records_) known_[id].service = &record;
  const auto& deployments = history_.deployments->deployments;
  if (!deployments.empty()) {
    for (const Share& share : deployments.front().versions) {
      known_[share.version].current = true;
    }
  }
  for (const VersionId& id : history_.pinned) known_[id].pinned = true;
  for (const VersionId& id : history_.refused) known_[id].refused = true;
  for (const auto& [id, seen] : history_.first_seen) {
    if (seen > young_) known_[id].seen_young = seen;
  }
}

void Judge::rank() {
  cases_.reserve(history_.versions.size());
  for (const Version& version : history_.versions) cases_.push_back({.version = &version});
  const auto ranks_higher = [](const Case& a, const Case& b) {
    if (a.version->number != b.version->number) return a.version->number > b.version->number;
    return a.version->id < b.version->id;
  };
  // Listings come in this order.
  if (!std::is_sorted(cases_.begin(), cases_.end(), ranks_higher)) {
    std::sort(cases_.begin(), cases_.end(), ranks_higher);
  }
}

void Judge::open_groups() {
  for (const Group& group : policy_.groups) instances_.push_back({&group, group.name});
}

/// What is known of the version, and where it takes part, if it is in the scope.
std::optional<std::size_t> Judge::classify(Case& item, Verdict& verdict) {
  static const Known kNothing;
  const Version& version = *item.version;
  const auto known = known_.find(version.id);
  item.known = known == known_.end() ? &kNothing : &known->second;
  item.dated = version.created_on && *version.created_on >= kEarliest &&
               *version.created_on <= now_ + kAhead;
  if (policy_.scope == Scope::managed || !history_.on_disk.empty()) {
    const auto trailer = parse_trailer(version.annotations.message);
    item.on_disk = trailer && history_.on_disk.contains(trailer->digest);
    verdict.in_scope = policy_.scope == Scope::all || trailer.has_value();
  }
  if (!verdict.in_scope) return std::nullopt;
  const auto owner = owner_of(policy_, verdict.tag);
  if (!owner) return std::nullopt;
  return owner->value ? instance_of(owner->group, *owner->value) : owner->group;
}

std::size_t Judge::instance_of(std::size_t group, std::string_view value) {
  std::string label = policy_.groups[group].name;
  label.append(1, '/').append(value);
  const auto [found, fresh] = by_label_.try_emplace(std::move(label), instances_.size());
  if (fresh) instances_.push_back({&policy_.groups[group], found->first});
  return found->second;
}

/// The place of each among the last `rollback` stable versions that are not current, by its place
/// in rank. What is kept as foreign or undated takes none of them.
std::map<std::size_t, std::uint32_t> Judge::rollback_targets() const {
  std::vector<std::size_t> stable;
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    const Known& known = *cases_[i].known;
    if (known.service == nullptr || !known.service->stable_until) continue;
    if (!known.current && takes_part(i)) stable.push_back(i);
  }
  std::sort(stable.begin(), stable.end(), [&](std::size_t a, std::size_t b) {
    const Instant end_a = *cases_[a].known->service->stable_until;
    const Instant end_b = *cases_[b].known->service->stable_until;
    return end_a != end_b ? end_a > end_b : a < b;
  });
  stable.resize(std::min<std::size_t>(stable.size(), policy_.protect.rollback));
  std::map<std::size_t, std::uint32_t> places;
  for (const std::size_t index : stable) {
    places.emplace(index, static_cast<std::uint32_t>(places.size() + 1));
  }
  return places;
}

Reason& add(Verdict& verdict, ReasonCode code) {
  Reason& reason = verdict.reasons.emplace_back();
  reason.code = code;
  return reason;
}

void Judge::protect_pinned(const Case& item, Verdict& verdict) const {
  if (item.known->pinned) add(verdict, ReasonCode::pinned);
  for (const Pattern& pin : policy_.protect.pin) {
    if (pin.matches(verdict.tag)) add(verdict, ReasonCode::pinned).limit = pin.text();
  }
}

/// Its own date may be wrong, and so may the first sight of it be late: the later one counts.
void Judge::protect_young(const Case& item, Verdict& verdict) const {
  std::optional<Instant> born = item.known->seen_young;
  if (item.dated && *verdict.created_on > young_) {
    born = std::max(born.value_or(*verdict.created_on), *verdict.created_on);
  }
  if (!born) return;
  Reason& reason = add(verdict, ReasonCode::min_age);
  reason.limit = format_duration(policy_.protect.min_age);
  reason.until = first_reaching(*born, policy_.protect.min_age, now_, policy_.timezone);
}

void Judge::protect(const Case& item, Verdict& verdict, std::uint32_t rollback_place) const {
  if (item.known->current) add(verdict, ReasonCode::in_deployment);
  protect_pinned(item, verdict);
  protect_young(item, verdict);
  if (rollback_place != 0) {
    Reason& reason = add(verdict, ReasonCode::rollback);
    reason.ordinal = rollback_place;
    reason.limit = fmt::format("{}", policy_.protect.rollback);
  }
  if (item.on_disk) add(verdict, ReasonCode::on_disk);
  if (!item.dated) {
    Reason& reason = add(verdict, ReasonCode::bad_timestamp);
    if (verdict.created_on > now_ + kAhead) reason.until = *verdict.created_on - kAhead;
  }
  if (!verdict.in_scope) add(verdict, ReasonCode::foreign);
  if (verdict.in_scope && verdict.group.empty()) add(verdict, ReasonCode::no_group);
  if (item.known->refused) add(verdict, ReasonCode::refused);
}

}  // namespace

Instant young_after(const RetentionPolicy& policy, Instant now) {
  return minus(now, policy.protect.min_age, policy.timezone);
}

std::vector<Verdict> judge(const RetentionPolicy& policy, const History& history, Instant now) {
  ENSURE(history.deployments != nullptr, "a history without its deployments");
  return Judge(policy, history, now).judge();
}

std::optional<Instant> next_change(std::span<const Verdict> verdicts, Instant now) {
  std::optional<Instant> next;
  for (const Verdict& verdict : verdicts) {
    for (const Reason& reason : verdict.reasons) {
      if (!reason.until || *reason.until <= now) continue;
      if (!next || *reason.until < *next) next = reason.until;
    }
  }
  return next;
}

std::string_view to_string(ReasonCode code) {
  switch (code) {
    case ReasonCode::rule:
      return "rule";
    case ReasonCode::floor:
      return "floor";
    case ReasonCode::in_deployment:
      return "in-deployment";
    case ReasonCode::pinned:
      return "pinned";
    case ReasonCode::min_age:
      return "min-age";
    case ReasonCode::rollback:
      return "rollback";
    case ReasonCode::on_disk:
      return "on-disk";
    case ReasonCode::bad_timestamp:
      return "bad-timestamp";
    case ReasonCode::foreign:
      return "foreign";
    case ReasonCode::no_group:
      return "no-group";
    case ReasonCode::refused:
      return "refused";
  }
  ensure_failed("an unknown code of a reason", std::source_location::current());
}

}  // namespace rollout
