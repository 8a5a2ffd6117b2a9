// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/absence.h"

#include "tests/core/policy/retention_story.h"

namespace rollout {
namespace {

using enum RuleKind;
using namespace std::chrono_literals;

std::string absence(const Story& story, const RetentionPolicy& policy, std::size_t place) {
  const auto verdicts = story.judge(policy);
  EXPECT_FALSE(verdicts[place].kept()) << lines(verdicts)[place];
  return Absences(policy, verdicts).of(verdicts[place]);
}

TEST(Absences, SayOfEachRuleWhyItDoesNotKeepAVersion) {
  const Story story({a_version(1).aged(1000h).tagged("v1"), a_version(2).aged(48h + 2h),
                     a_version(3).aged(48h + 1h), a_version(4).aged(1h)});
  const auto policy =
      policy_of({keep(last, {"1", "2"}), keep(within, {"1d"}), keep(daily, {"2"}),
                 keep(deployed, {"1", "30d"}), keep(stable, {"all", "30d"}), keep(tagged, {"x*"})});
  const std::string served =
      "deployed 1 (it is none of these), deployed 30d (it did not serve then), stable all (it is "
      "none "
      "of these), stable 30d (it was not stable then), tagged x* (its tag is another)";
  EXPECT_EQ(absence(story, policy, 2),
            "last 1 (2 newer are in its group), last 2 (2 newer are in its group), within 1d (it "
            "is older), daily 2 (v3 is "
            "kept for 2026-03-08), " +
                served);
  EXPECT_EQ(absence(story, policy, 3),
            "last 1 (3 newer are in its group), last 2 (3 newer are in its group), within 1d (it "
            "is older), daily 2 "
            "(2026-01-27 is further back), " +
                served);
}

TEST(Absences, SpeakOfTheVersionsOwnGroup) {
  Group split = group("preview", {"pr-<pr>-*"}, {keep(last, {"1"})});
  split.per = "pr";
  const auto policy = policy_of({split, group("rest", {}, {keep(within, {"1d"})})});
  const Story story({a_version(1).aged(9h).tagged("pr-1-a"), a_version(2).aged(8h).tagged("pr-2-a"),
                     a_version(3).aged(7h).tagged("pr-1-b"), a_version(4).aged(6h)});
  EXPECT_EQ(absence(story, policy, 3), "last 1 (1 newer is in its group)");
}

}  // namespace
}  // namespace rollout
