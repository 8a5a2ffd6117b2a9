// SPDX-License-Identifier: Apache-2.0
// The invariants of policies.md over random histories and policies, each stated without the code
// that it checks.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/core/policy/random_world.h"
#include "tests/core/policy/sentences.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSeeds = ROLLOUT_POLICY_SEEDS;

/// Calls `check` with a world a seed.
template <class Check>
void for_worlds(Dates dates, Check check) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Dice dice(seed);
    World world;
    fill(world, dice, dates);
    ASSERT_EQ(sentences_about(world.policy), Lines{});
    check(world, dice);
    if (testing::Test::HasFailure()) return;
  }
}

/// A verdict a version, by number, as text.
std::map<std::uint64_t, std::string> by_number(const std::vector<Verdict>& verdicts) {
  std::map<std::uint64_t, std::string> all;
  const auto texts = lines(verdicts);
  for (std::size_t i = 0; i < verdicts.size(); ++i) all[verdicts[i].number] = texts[i];
  return all;
}

std::vector<Version> without_condemned(const World& world, const std::vector<Verdict>& verdicts) {
  std::vector<Version> left;
  for (const Verdict& verdict : verdicts) {
    if (!verdict.kept()) continue;
    left.push_back(*std::find_if(world.versions.begin(), world.versions.end(),
                                 [&](const Version& v) { return v.id == verdict.version; }));
  }
  return left;
}

bool undated(const std::optional<Instant>& created_on) {
  return !created_on || *created_on < *parse_rfc3339("2010-01-01T00:00:00Z") ||
         *created_on > kNow + 5min;
}

bool is_current(const World& world, const VersionId& id) {
  const auto& all = world.deployments.deployments;
  return !all.empty() && std::any_of(all.front().versions.begin(), all.front().versions.end(),
                                     [&](const Share& share) { return share.version == id; });
}

/// By looking at every run of neighbouring deployments that give it everything.
bool was_stable(const World& world, const VersionId& id) {
  const auto& all = world.deployments.deployments;
  const auto full = [&](const Deployment& deployment) {
    return deployment.versions.size() == 1
               ? deployment.versions[0].version == id
               : std::any_of(
                     deployment.versions.begin(), deployment.versions.end(),
                     [&](const Share& s) { return s.version == id && s.percentage == 100; });
  };
  for (std::size_t last = 0; last < all.size(); ++last) {
    const Instant end = last == 0 ? world.now : *all[last - 1].created_on;
    for (std::size_t first = last; first < all.size() && full(all[first]); ++first) {
      if (end - *all[first].created_on >= 15min) return true;
    }
  }
  return false;
}

TEST(Invariant, R1ADeployedVersionIsNeverCondemned) {
  for_worlds(Dates::any, [](const World& world, Dice&) {
    for (const Verdict& verdict : world.judge()) {
      EXPECT_TRUE(verdict.kept() || !is_current(world, verdict.version)) << verdict.number;
    }
  });
}

// Promise 13: the newest stay.
TEST(Invariant, R2TheNewestOfEveryGroupIsKeptUnlessMinKeepIsZero) {
  for_worlds(Dates::any, [](const World& world, Dice&) {
    std::set<std::string> groups;
    const auto verdicts = world.judge();
    std::uint64_t above = ~0ULL;
    for (const Verdict& verdict : verdicts) {
      EXPECT_LT(verdict.number, above);
      above = verdict.number;
      if (undated(verdict.created_on)) continue;
      const bool newest = groups.insert(verdict.group).second;
      const Group* group = find_group(world.policy, verdict.group);
      const bool may_go = group != nullptr && group->min_keep == 0;
      EXPECT_TRUE(verdict.kept() || !newest || may_go) << verdict.number;
    }
  });
}

TEST(Invariant, R3AStableVersionToGoBackToIsLeft) {
  for_worlds(Dates::any, [](const World& world, Dice&) {
    const auto has_one = [&](const std::vector<Version>& versions) {
      return std::any_of(versions.begin(), versions.end(), [&](const Version& version) {
        return !is_current(world, version.id) && was_stable(world, version.id);
      });
    };
    if (has_one(world.versions)) {
      EXPECT_TRUE(has_one(without_condemned(world, world.judge())));
    }
  });
}

void grow(Extent& extent, Dice& dice) {
  if (auto* count = std::get_if<Count>(&extent)) {
    count->value += static_cast<std::uint32_t>(1 + dice.roll(3));
  } else if (auto* duration = std::get_if<Duration>(&extent)) {
    (dice.one_in(2) ? duration->months : duration->years) += 1;
  }
}

RetentionPolicy grown(const RetentionPolicy& policy, Dice& dice) {
  RetentionPolicy more = policy;
  auto& rules = more.groups[dice.roll(more.groups.size())].keep;
  auto& rule = rules[dice.roll(rules.size())];
  switch (dice.roll(5)) {
    case 0:
      rules.push_back(random_rule(dice));
      break;
    case 1:
      more.protect.rollback += 1;
      break;
    case 2:
      more.protect.min_age.exact += 5h;
      break;
    default:
      if (rule.extents.empty()) {
        rule.patterns.push_back(pattern("pr*"));
      } else {
        grow(rule.extents[dice.roll(rule.extents.size())], dice);
      }
  }
  return more;
}

TEST(Invariant, R4KeepingMoreNeverRemovesAVersionFromTheKept) {
  for_worlds(Dates::any, [](const World& world, Dice& dice) {
    const auto before = kept(world.judge());
    const auto after = kept(world.judge_of(grown(world.policy, dice)));
    EXPECT_TRUE(
        std::includes(after.begin(), after.end(), before.begin(), before.end(), std::greater<>()));
  });
}

TEST(Invariant, R5RunningAgainOnWhatIsLeftChangesNothing) {
  for_worlds(Dates::any, [](const World& world, Dice&) {
    const auto left = without_condemned(world, world.judge());
    EXPECT_EQ(kept(world.judge_of(world.policy, left)).size(), left.size());
  });
}

TEST(Invariant, R6TheOrderOfTheListHasNoEffect) {
  for_worlds(Dates::any, [](const World& world, Dice& dice) {
    auto shuffled = world.versions;
    for (std::size_t i = shuffled.size(); i > 1; --i)
      std::swap(shuffled[i - 1], shuffled[dice.roll(i)]);
    EXPECT_EQ(lines(world.judge_of(world.policy, shuffled)), lines(world.judge()));
  });
}

TEST(Invariant, R7APinChangesItsVersionAlone) {
  for_worlds(Dates::any, [](World& world, Dice& dice) {
    if (world.versions.empty()) return;
    const Version& version = dice.any(world.versions);
    world.history.pinned.erase(version.id);
    auto before = by_number(world.judge());
    world.history.pinned.insert(version.id);
    auto after = by_number(world.judge());
    EXPECT_NE(before.at(version.number), after.at(version.number));
    before.erase(version.number);
    after.erase(version.number);
    EXPECT_EQ(before, after);
  });
}

TEST(Invariant, R8AnUndatedVersionChangesNoOther) {
  for_worlds(Dates::any, [](const World& world, Dice&) {
    auto dated = world.versions;
    std::erase_if(dated, [](const Version& version) { return undated(version.created_on); });
    auto all = by_number(world.judge());
    for (const Version& version : world.versions) {
      if (undated(version.created_on)) all.erase(version.number);
    }
    EXPECT_EQ(by_number(world.judge_of(world.policy, dated)), all);
  });
}

TEST(Invariant, R9TimeAloneDeletesNothingButThroughWindowsThatEndWithIt) {
  for_worlds(Dates::usable, [](World& world, Dice& dice) {
    world.policy.protect.min_age = {};
    for (Group& group : world.policy.groups) {
      group.anchor = Anchor::newest;
      group.min_keep = std::max(1U, group.min_keep);
      for (KeepRule& rule : group.keep) {
        if (rule.kind == RuleKind::deployed) rule.extents = {Count{2}};
        if (rule.kind == RuleKind::stable) rule.extents = {Every{}};
      }
    }
    const auto before = kept(world.judge());
    world.now += std::chrono::hours(1 + dice.roll(20000));
    const auto after = kept(world.judge());
    EXPECT_TRUE(
        std::includes(after.begin(), after.end(), before.begin(), before.end(), std::greater<>()));
  });
}

TEST(Invariant, R9NothingChangesBeforeTheNextChange) {
  for_worlds(Dates::usable, [](World& world, Dice&) {
    const auto verdicts = world.judge();
    const auto next = next_change(verdicts, world.now);
    world.now = next ? *next - 1ms : world.now + 99999h;
    EXPECT_EQ(kept(world.judge()), kept(verdicts));
  });
}

// Promise 11: only versions in the scope go, and with the default scope those with our trailer.
TEST(Invariant, R11EveryVersionHasAVerdictAndNoForeignOneIsCondemned) {
  for_worlds(Dates::any, [](const World& world, Dice&) {
    const auto verdicts = world.judge();
    std::set<VersionId> judged;
    for (const Verdict& verdict : verdicts) {
      judged.insert(verdict.version);
      EXPECT_EQ(verdict.kept(), !verdict.reasons.empty());
    }
    EXPECT_EQ(judged.size(), world.versions.size());
    EXPECT_EQ(verdicts.size(), world.versions.size());
    const auto left = without_condemned(world, verdicts);
    for (const Version& version : world.versions) {
      const bool is_left = std::any_of(left.begin(), left.end(),
                                       [&](const Version& v) { return v.id == version.id; });
      const bool ours = version.annotations.message != "by hand";
      EXPECT_TRUE(is_left || ours || world.policy.scope == Scope::all);
    }
  });
}

/// What the rules say of a verdict, protections aside.
std::vector<std::string> by_rules(const Verdict& verdict) {
  std::vector<std::string> texts;
  for (const Reason& reason : verdict.reasons) {
    if (reason.code == ReasonCode::rule || reason.code == ReasonCode::floor) {
      texts.push_back(reason_text(reason));
    }
  }
  return texts;
}

TEST(Invariant, R13AGroupAloneGivesTheSameAsAllTogether) {
  for_worlds(Dates::any, [](const World& world, Dice&) {
    const auto together = world.judge();
    for (const Group& group : world.policy.groups) {
      auto alone = world.policy;
      alone.groups = {group};
      std::map<VersionId, std::vector<std::string>> expected;
      std::vector<Version> members;
      for (const Verdict& verdict : together) {
        if (find_group(world.policy, verdict.group) != &group) continue;
        expected[verdict.version] = by_rules(verdict);
        members.push_back(*std::find_if(world.versions.begin(), world.versions.end(),
                                        [&](const Version& v) { return v.id == verdict.version; }));
      }
      for (const Verdict& verdict : world.judge_of(alone, members)) {
        EXPECT_EQ(by_rules(verdict), expected.at(verdict.version)) << verdict.number;
      }
    }
  });
}

TEST(Invariant, R13ACapturedValueAloneGivesTheSameAsAllTogether) {
  for_worlds(Dates::any, [](const World& world, Dice&) {
    std::map<std::string, std::vector<Version>> members;
    std::map<VersionId, std::vector<std::string>> expected;
    for (const Verdict& verdict : world.judge()) {
      if (!verdict.group.contains('/')) continue;
      expected[verdict.version] = by_rules(verdict);
      members[verdict.group].push_back(
          *std::find_if(world.versions.begin(), world.versions.end(),
                        [&](const Version& v) { return v.id == verdict.version; }));
    }
    for (const auto& [label, versions] : members) {
      for (const Verdict& verdict : world.judge_of(world.policy, versions)) {
        EXPECT_EQ(verdict.group, label);
        EXPECT_EQ(by_rules(verdict), expected.at(verdict.version)) << verdict.number;
      }
    }
  });
}

TEST(Invariant, EveryCodeOfAReasonOccurs) {
  std::set<ReasonCode> seen;
  for_worlds(Dates::any, [&](const World& world, Dice&) {
    for (const Verdict& verdict : world.judge()) {
      for (const Reason& reason : verdict.reasons) seen.insert(reason.code);
    }
  });
  EXPECT_EQ(seen.size(), 11U);
}

}  // namespace
}  // namespace rollout
