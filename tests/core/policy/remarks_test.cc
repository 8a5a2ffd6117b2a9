// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/remarks.h"

#include "tests/core/policy/random_world.h"
#include "tests/core/policy/retention_story.h"

namespace rollout {
namespace {

using enum RuleKind;

const std::vector<KeepRule> kLast{keep(last, {"1"})};

/// `ShadowedRule: group all: ...`
Lines texts(const std::vector<Remark>& remarks) {
  Lines all;
  for (const Remark& each : remarks) all.push_back(fmt::format("{}: {}", each.code, each.message));
  return all;
}
Lines about(std::vector<Group> groups) {
  return texts(remarks(policy_of(std::move(groups))));
}

struct Pair {
  const char* name;
  std::vector<KeepRule> rules;
  const char* weak;  ///< Null: each has a say.
  const char* strong;
};

class Shadows : public testing::TestWithParam<Pair> {};

TEST_P(Shadows, AreRulesThatAnotherAlwaysCovers) {
  const Lines expected =
      GetParam().weak == nullptr
          ? Lines{}
          : Lines{fmt::format("ShadowedRule: group all: \"{}\" keeps nothing that \"{}\" does not "
                              "keep",
                              GetParam().weak, GetParam().strong)};
  EXPECT_EQ(texts(shadows(policy_of(GetParam().rules))), expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, Shadows,
    testing::Values(
        Pair{"LastAll", {keep(last, {"all"}), keep(daily, {"7"})}, "daily: 7", "last: all"},
        Pair{"TaggedAll", {keep(tagged, {"*"}), keep(daily, {"7"})}, "daily: 7", "tagged: *"},
        Pair{"Counts", {keep(last, {"5", "9"})}, "last: 5", "last: 9"},
        Pair{"EqualOnes", {keep(last, {"5", "5"})}, "last: 5", "last: 5"},
        Pair{"Windows", {keep(within, {"30d", "1mo"})}, nullptr, nullptr},
        Pair{"LongerWindow", {keep(within, {"31d", "1mo"})}, "within: 1mo", "within: 31d"},
        Pair{"All", {keep(daily, {"all", "7d"})}, "daily: 7d", "daily: all"},
        Pair{
            "FinerAll", {keep(daily, {"all"}), keep(yearly, {"all"})}, "yearly: all", "daily: all"},
        Pair{"WeeksAndMonths", {keep(weekly, {"all"}), keep(monthly, {"3"})}, nullptr, nullptr},
        Pair{"FinerCount", {keep(daily, {"9"}), keep(weekly, {"2"})}, "weekly: 2", "daily: 9"},
        Pair{"FinerCountTooSmall", {keep(daily, {"8"}), keep(weekly, {"3"})}, nullptr, nullptr},
        Pair{"MonthsOfYears",
             {keep(monthly, {"25"}), keep(yearly, {"3"})},
             "yearly: 3",
             "monthly: 25"},
        Pair{"MonthsOfMoreYears", {keep(monthly, {"24"}), keep(yearly, {"3"})}, nullptr, nullptr},
        Pair{"FinerWindow",
             {keep(daily, {"90d"}), keep(weekly, {"8w"})},
             "weekly: 56d",
             "daily: 90d"},
        Pair{"FinerWindowTooShort", {keep(daily, {"60d"}), keep(weekly, {"8w"})}, nullptr, nullptr},
        Pair{"WithinAndDays",
             {keep(within, {"30d"}), keep(daily, {"14d"})},
             "daily: 14d",
             "within: 30d"},
        Pair{"WithinAndCounts", {keep(within, {"30d"}), keep(daily, {"14"})}, nullptr, nullptr},
        Pair{"Served",
             {keep(deployed, {"90d"}), keep(stable, {"30d"})},
             "stable: 30d",
             "deployed: 90d"},
        Pair{"ServedInCounts", {keep(deployed, {"9"}), keep(stable, {"3"})}, nullptr, nullptr},
        Pair{"StableAndServed", {keep(stable, {"90d"}), keep(deployed, {"30d"})}, nullptr, nullptr},
        Pair{"Tags", {keep(tagged, {"v*", "v*"})}, "tagged: v*", "tagged: v*"},
        Pair{"OneRule", {keep(last, {"1"})}, nullptr, nullptr}),
    [](const auto& param) { return std::string(param.param.name); });

/// Where a rule with one value is told to be shadowed.
bool is_shadowed(const RetentionPolicy& policy, const Group& group, const KeepRule& rule) {
  if (rule.extents.size() != 1) return false;
  const std::string begin = fmt::format("group {}: \"{}: {}\" ", group.name, to_string(rule.kind),
                                        format_extent(rule.extents.front()));
  const auto all = shadows(policy);
  return std::any_of(all.begin(), all.end(),
                     [&](const Remark& each) { return each.message.starts_with(begin); });
}

// What is said is certain: without a shadowed rule the same versions are kept.
TEST(ShadowsOfRandomPolicies, AreNeverMissed) {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Dice dice(seed);
    World world;
    fill(world, dice, Dates::any);
    for (std::size_t g = 0; g < world.policy.groups.size(); ++g) {
      const Group& group = world.policy.groups[g];
      for (std::size_t r = 0; r < group.keep.size(); ++r) {
        if (!is_shadowed(world.policy, group, group.keep[r])) continue;
        ++found;
        RetentionPolicy without = world.policy;
        auto& rules = without.groups[g].keep;
        rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(r));
        EXPECT_EQ(kept(world.judge()), kept(world.judge_of(without)))
            << "seed " << seed << ", " << to_string(group.keep[r].kind);
      }
    }
  }
  EXPECT_GT(found, 20U);
}

TEST(Remarks, TellOfPatternsThatAGroupBeforeTakes) {
  const auto policy =
      policy_of({group("release", {"v*"}, kLast), group("hotfix", {"v?-<n>", "fix-*"}, kLast)});
  EXPECT_EQ(texts(shadows(policy)),
            Lines{"ShadowedGroup: group hotfix gets no version by \"v?-<n>\": \"v*\" of group "
                  "release before it takes them all"});
  EXPECT_EQ(about({group("one", {"v?"}, kLast), group("two", {"v*"}, kLast)}), Lines{});
  EXPECT_EQ(about({group("one", {"re:v.*"}, kLast), group("two", {"v1*"}, kLast)}), Lines{})
      << "of expressions nothing is certain";
}

TEST(Remarks, TellOfGroupsThatMixTagFamilies) {
  EXPECT_EQ(
      about({group("a", {"v*", "pr-<n>-*", "v1.*"}, kLast)}),
      Lines{"MixedFamilies: group a mixes the tags that begin with \"pr-\", \"v\": they share "
            "its counts, so that many of one push out the others; give each a group of its "
            "own"});
  EXPECT_EQ(about({group("a", {"v*", "v2-*", "latest", "*-rc", "re:x.*"}, kLast)}), Lines{});
  EXPECT_EQ(about({group("a", {"v*", "pr-*"}, {keep(last, {"all"})})}), Lines{});
}

TEST(Remarks, TellOfCountsBeyondWhatCanBeDeployed) {
  EXPECT_EQ(about({group("a", {}, {keep(last, {"100"}), keep(stable, {"101"})})}),
            Lines{"KeepBeyondDeployable: group a: \"stable: 101\" keeps more than the 100 newest "
                  "versions, which are all that Cloudflare can still deploy; nobody can go back to "
                  "the rest"});
}

TEST(Remarks, TellOfGroupsThatGrowWithoutBound) {
  Group split = group("a", {"pr-<pr>-*"}, {keep(within, {"14d"})});
  split.per = "pr";
  const auto said = [&](const char* what) {
    return Lines{
        fmt::format("UnboundedGroups: group a: each <pr> is a group of its own, and {} "
                    "keeps versions of every one for ever; \"anchor: now\", \"min_keep: "
                    "0\" and durations alone, such as \"within: 14d\", let one go that "
                    "nobody builds",
                    what)};
  };
  EXPECT_EQ(about({split}), said("\"min_keep: 1\""));
  split.anchor = Anchor::now;
  split.min_keep = 0;
  EXPECT_EQ(about({split}), Lines{});
  split.keep = {keep(within, {"14d"}), keep(last, {"2"})};
  EXPECT_EQ(about({split}), said("\"last: 2\""));
  split.keep = {keep(tagged, {"pr-1-*"})};
  EXPECT_EQ(about({split}), said("\"tagged\""));
}

TEST(Remarks, TellOfGroupsThatNothingEverMatched) {
  const auto policy = policy_of({group("release", {"v*"}, kLast), group("preview", {"pr-*"}, kLast),
                                 group("rest", {}, kLast)});
  const Lines tags = {"v1", "v2", ""};
  EXPECT_EQ(
      texts(unmatched_groups(policy, tags, "of these three")),
      Lines{"UnmatchedGroup: group preview matches no version of these three; its `match` may "
            "be mistyped"});
  EXPECT_EQ(texts(unmatched_groups(policy, Lines{}, "")), Lines{});
}

}  // namespace
}  // namespace rollout
