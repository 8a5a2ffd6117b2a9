// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/fates.h"

#include "tests/core/policy/retention_story.h"

namespace rollout {
namespace {

using enum RuleKind;
using namespace std::chrono_literals;

TEST(Fates, ChangeWhereOnePolicyKeepsAndTheOtherDoesNot) {
  const Story story({a_version(1).aged(240h).tagged("v1"), a_version(2).aged(120h), a_version(3)});
  const auto before = story.judge(policy_of({keep(last, {"2"})}));
  const auto after = story.judge(policy_of({keep(tagged, {"v*"})}));
  const auto changes = changed_fates(before, after);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(lines({changes[0].before, changes[1].before}), (Lines{"2: last 2/2", "1:"}));
  EXPECT_EQ(lines({changes[0].after, changes[1].after}), (Lines{"2:", "1: tagged v*"}));
  EXPECT_TRUE(changed_fates(before, before).empty());
}

}  // namespace
}  // namespace rollout
