// SPDX-License-Identifier: Apache-2.0
#include "tests/core/policy/random_world.h"

#include <algorithm>

namespace rollout {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kNumbers = 20;

Millis random_age(Dice& dice) {
  // Whole hours over a few days and whole months over two years, so that ages meet edges.
  if (dice.one_in(3)) return kNow - minus(kNow, {.months = std::int64_t(dice.roll(24))});
  return std::chrono::hours(dice.roll(100));
}

std::optional<Instant> random_date(Dice& dice, Dates dates) {
  if (dates == Dates::any && dice.one_in(8)) {
    const std::vector<std::optional<Instant>> odd{std::nullopt,   Instant(0ms), kNow + 10min,
                                                  kNow + 5min,    kNow + 1min,  kNow + 9000h,
                                                  kNow + 300001ms};
    return dice.any(odd);
  }
  return kNow - random_age(dice);
}

void add_versions(World& world, Dice& dice, Dates dates) {
  const std::vector<std::string> tags{"", "v1", "v2", "pr-1", "pr-2", "keep-me"};
  for (std::uint64_t number = 1; number <= kNumbers; ++number) {
    if (dice.one_in(3)) continue;
    auto builder = a_version(number).created(random_date(dice, dates)).tagged(dice.any(tags));
    if (dice.one_in(7)) builder.foreign();
    world.versions.push_back(builder.version());
    const VersionId id = version_id(number);
    if (dice.one_in(8)) world.history.pinned.insert(id);
    if (dice.one_in(12)) world.history.refused.insert(id);
    if (dice.one_in(12)) world.history.on_disk.insert(digest_of(number));
    if (dice.one_in(2)) world.history.first_seen[id] = kNow - random_age(dice);
  }
}

void add_deployments(World& world, Dice& dice) {
  Instant at = kNow;
  for (std::uint64_t left = dice.roll(9); left > 0; --left) {
    at -= dice.one_in(4) ? Millis(5min) : random_age(dice);
    const auto first = 1 + dice.roll(kNumbers);
    const auto second = 1 + dice.roll(kNumbers);
    std::vector<Share> shares{{version_id(first), 100}};
    if (first != second && dice.one_in(3)) {
      const auto part = static_cast<double>(dice.roll(3) * 50);
      shares = {{version_id(first), 100 - part}, {version_id(second), part}};
    }
    world.deployments.deployments.push_back(a_deployment(at, std::move(shares)));
  }
}

std::vector<KeepRule> random_rules(Dice& dice) {
  std::vector<KeepRule> rules{random_rule(dice)};
  while (dice.one_in(2)) rules.push_back(random_rule(dice));
  return rules;
}

Duration random_duration(Dice& dice) {
  if (dice.one_in(3)) return {.months = 1 + std::int64_t(dice.roll(12))};
  return {.exact = std::chrono::hours(1 + dice.roll(90))};
}

}  // namespace

Extent random_extent(Dice& dice, RuleKind kind) {
  if (kind != RuleKind::within && dice.one_in(12)) return Every{};
  const bool count = kind == RuleKind::last || (kind != RuleKind::within && dice.one_in(2));
  if (count) return Count{static_cast<std::uint32_t>(1 + dice.roll(4))};
  return random_duration(dice);
}

KeepRule random_rule(Dice& dice) {
  static const std::vector<RuleKind> kinds{
      RuleKind::last,     RuleKind::within,  RuleKind::hourly, RuleKind::daily,
      RuleKind::weekly,   RuleKind::monthly, RuleKind::yearly, RuleKind::quarterly,
      RuleKind::deployed, RuleKind::stable,  RuleKind::tagged};
  KeepRule rule{.kind = dice.any(kinds), .extents = {}, .patterns = {}};
  if (rule.kind == RuleKind::tagged) {
    rule.patterns.push_back(pattern(dice.one_in(2) ? "*1" : "re:v[0-9]"));
    return rule;
  }
  rule.extents.push_back(random_extent(dice, rule.kind));
  if (dice.one_in(3)) rule.extents.push_back(random_extent(dice, rule.kind));
  return rule;
}

namespace {

Group random_preview(Dice& dice) {
  Group made = group("preview", {"pr-1", "pr-?"}, random_rules(dice));
  if (dice.one_in(2)) {
    made.match = {pattern("pr-<pr>")};
    made.per = "pr";
  }
  return made;
}

void vary(Group& group, Dice& dice) {
  if (dice.one_in(4)) group.anchor = Anchor::now;
  if (dice.one_in(4)) group.min_keep = static_cast<std::uint32_t>(dice.roll(4));
  if (group.anchor == Anchor::newest) group.min_keep = std::max(1U, group.min_keep);
}

const Zone& random_zone(Dice& dice) {
  static const std::vector<Zone> zones{Zone(), *Zone::find("Europe/Paris"),
                                       *Zone::find("America/New_York"),
                                       *Zone::find("Asia/Kathmandu")};
  return dice.any(zones);
}

}  // namespace

void fill(World& world, Dice& dice, Dates dates) {
  add_versions(world, dice, dates);
  add_deployments(world, dice);
  std::vector<Group> groups;
  if (dice.one_in(2)) groups.push_back(group("release", {"v*"}, random_rules(dice)));
  if (dice.one_in(2)) groups.push_back(random_preview(dice));
  if (groups.empty() || dice.one_in(2)) groups.push_back(group("rest", {}, random_rules(dice)));
  for (Group& group : groups) vary(group, dice);
  world.policy = policy_of(std::move(groups));
  world.policy.timezone = random_zone(dice);
  if (dice.one_in(2)) world.policy.protect.min_age = random_duration(dice);
  if (dice.one_in(4)) world.policy.protect.pin = {pattern("keep-*")};
  if (dice.one_in(6)) world.policy.scope = Scope::all;
  world.policy.protect.rollback = static_cast<std::uint32_t>(1 + dice.roll(3));
}

}  // namespace rollout
