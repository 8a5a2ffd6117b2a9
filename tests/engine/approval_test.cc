// SPDX-License-Identifier: Apache-2.0
// What a lane does with a plan that waits for a person.
#include "tests/engine/lane_fixture.h"

namespace rollout {
namespace {

class Approvals : public LaneTest {
 protected:
  /// The policy lets no more than `most` go without a person's word.
  void asks_over(std::uint32_t most) {
    auto policy = std::make_shared<RetentionPolicy>(*config->workers[0].retention);
    policy->limits.approve_over = most;
    config->workers[0].retention = std::move(policy);
  }
};

TEST_F(Approvals, WaitsForAPersonsWordAndActsOnItAtOnce) {
  has_versions(4);
  asks_over(2);
  run(2);
  EXPECT_EQ(count("remove"), 0);
  ASSERT_EQ(story.all<PruneRefused>().size(), 1U) << "told once";
  EXPECT_EQ(story.all<PruneRefused>()[0].code, "ApproveOver");
  const std::string plan = story.all<PrunePlanned>().back().plan_id;
  EXPECT_EQ(story.all<PassFinished>().back().awaits, plan);

  const Answer answer = ask(ApplyCommand{WorkerId("shop"), plan});
  EXPECT_EQ(answer.exit, 0);
  EXPECT_TRUE(said(answer).starts_with("plan " + plan + " is approved until 2026-03-10T12:15:"))
      << said(answer);
  EXPECT_TRUE(said(answer).ends_with("; 3 deleted; 1 version")) << said(answer);
  EXPECT_EQ(numbers(), std::vector<std::uint64_t>{4});
  ASSERT_EQ(story.all<PruneApproved>().size(), 1U);
  EXPECT_EQ(story.all<PruneApproved>()[0].actor, "anna");
  EXPECT_EQ(story.all<PassFinished>().back().awaits, "");
  const auto ledger = journal.ledger(WorkerId("shop"), std::nullopt, 9).value();
  EXPECT_EQ(ledger.front().event, "prune.deleted");
  EXPECT_EQ(ledger.front().actor, "anna");
}

TEST_F(Approvals, ApprovesNoPlanThatHasChanged) {
  has_versions(4);
  asks_over(1);
  run(1);
  const std::string plan = story.all<PrunePlanned>().back().plan_id;
  EXPECT_EQ(ask(PinCommand{WorkerId("shop"), "v1", "audit", std::nullopt}).exit, 0);
  const Answer answer = ask(ApplyCommand{WorkerId("shop"), plan});
  EXPECT_EQ(answer.exit, 1);
  EXPECT_TRUE(said(answer).ends_with(" now and no longer " + plan +
                                     ": what it would delete has changed; nothing was approved"))
      << said(answer);
  run(1);
  EXPECT_EQ(count("remove"), 0);
  EXPECT_TRUE(story.all<PruneApproved>().empty());
}

TEST_F(Approvals, KeepsAnApprovalForAProcessThatComesAfter) {
  has_versions(4);
  asks_over(2);
  run(1);
  const std::string plan = story.all<PrunePlanned>().back().plan_id;
  triggers.somebody_speaks = true;  // The run ends before its first delete.
  EXPECT_EQ(ask(ApplyCommand{WorkerId("shop"), plan}).exit, 1) << "approved, but not done";
  EXPECT_EQ(count("remove"), 0);
  triggers.somebody_speaks = false;
  run(1);
  EXPECT_EQ(count("remove"), 3);
}

TEST_F(Approvals, SaysOfAPlanThatNeedsNoApprovalThatItHappensByItself) {
  has_versions(3);
  triggers.somebody_speaks = true;  // Nothing is deleted yet.
  run(1);
  triggers.somebody_speaks = false;
  const std::string plan = story.all<PrunePlanned>().back().plan_id;
  const Answer answer = ask(ApplyCommand{WorkerId("shop"), plan});
  EXPECT_EQ(answer.exit, 0);
  EXPECT_TRUE(said(answer).contains("waits for nobody's approval; 2 deleted")) << said(answer);
  EXPECT_TRUE(story.all<PruneApproved>().empty());
}

TEST_F(Approvals, StopsBeforeAChangedPolicyTakesWhatTheFormerOneKept) {
  const auto policy_of = [&](std::uint32_t last, const char* text) {
    auto policy = std::make_shared<RetentionPolicy>(a_retention_policy(last));
    policy->hash = policy->text = text;
    policies.known[text] = policy;
    return policy;
  };
  has_versions(4);
  config->workers[0].retention = policy_of(4, "keep four");
  run(1);
  config->workers[0].retention = policy_of(1, "keep one");
  run(2);
  EXPECT_EQ(count("remove"), 0);
  ASSERT_EQ(story.all<PruneRefused>().size(), 1U);
  EXPECT_EQ(story.all<PruneRefused>()[0].code, "Ratchet");
  const auto explained = std::get<Explanation>(ask(ExplainCommand{WorkerId("shop"), "v1"}).body);
  EXPECT_EQ(explained.former_policy, PolicyName("standard"));
  ASSERT_FALSE(explained.formerly.empty());
  EXPECT_EQ(explained.formerly[0].limit, "4");

  const std::string plan = story.all<PrunePlanned>().back().plan_id;
  EXPECT_EQ(ask(ApplyCommand{WorkerId("shop"), plan}).exit, 0);
  EXPECT_EQ(numbers(), std::vector<std::uint64_t>{4});
  cloud.versions.insert(cloud.versions.begin(), a_version(5).version());
  cloud.serve(5);
  cloud.versions.insert(cloud.versions.begin(), a_version(6).version());
  cloud.serve(6);
  run(2);
  EXPECT_EQ(count("remove"), 5) << "the policy is agreed to";
}

TEST_F(Approvals, AsksWhereTheFormerPolicyCannotBeRead) {
  has_versions(4);
  run(1);
  EXPECT_EQ(count("remove"), 3);
  has_versions(4);
  auto policy = std::make_shared<RetentionPolicy>(*config->workers[0].retention);
  policy->hash = "another";
  config->workers[0].retention = policy;
  run(1);
  EXPECT_EQ(count("remove"), 3);
  EXPECT_TRUE(story.all<PruneRefused>().back().detail.contains("(it is no policy)"));
}

}  // namespace
}  // namespace rollout
