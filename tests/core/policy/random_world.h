// SPDX-License-Identifier: Apache-2.0
// Random histories and policies from a seed, small and full of corners: equal dates, dates out of
// order, splits, deleted versions in the deployments.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/core/policy/retention_story.h"

namespace rollout {

/// SplitMix64: the same numbers on every platform. (Steele, Lea, Flood, OOPSLA 2014)
class Dice final {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  /// From 0 to sides - 1.
  std::uint64_t roll(std::uint64_t sides) {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return (z ^ (z >> 31U)) % sides;
  }
  bool one_in(std::uint64_t sides) { return roll(sides) == 0; }
  template <class T>
  const T& any(const std::vector<T>& of) {
    return of[roll(of.size())];
  }

 private:
  std::uint64_t state_;
};

enum class Dates { any, usable };

/// A whole Worker, as `judge` sees it.
struct World {
  std::vector<Version> versions;
  DeploymentHistory deployments;
  History history;
  RetentionPolicy policy;
  Instant now = kNow;

  World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::vector<Verdict> judge() const { return judge_of(policy); }
  std::vector<Verdict> judge_of(const RetentionPolicy& other) const {
    return judge_of(other, versions);
  }
  std::vector<Verdict> judge_of(const RetentionPolicy& other,
                                const std::vector<Version>& listed) const {
    History view = history;
    view.versions = listed;
    view.deployments = &deployments;
    return rollout::judge(other, view, now);
  }
};

Extent random_extent(Dice& dice, RuleKind kind);
KeepRule random_rule(Dice& dice);

/// Fills the world; with `Dates::usable` no date is missing, ancient or after `now`.
void fill(World& world, Dice& dice, Dates dates);

}  // namespace rollout
