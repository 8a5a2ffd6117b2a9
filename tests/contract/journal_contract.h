// SPDX-License-Identifier: Apache-2.0
// What every `Journal` must do. A suite instantiates it with a factory: `Make` has
// `std::unique_ptr<Journal> operator()()` that gives an empty journal with a history of 5.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "daemon/ports/journal.h"

namespace rollout {

inline VersionId version_id(int n) {
  const std::string digits = std::to_string(n);
  return *VersionId::parse("00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') +
                           digits);
}

inline BundleDigest bundle_digest(int n) {
  const std::string digits = std::to_string(n);
  return {*Sha256::from_hex(std::string(64 - digits.size(), 'a') + digits)};
}

inline Instant at_second(std::int64_t second) {
  return Instant(std::chrono::seconds(second));
}

inline Intent create_intent(const WorkerId& worker, int n) {
  return {.kind = IntentKind::create,
          .worker = worker,
          .digest = bundle_digest(n),
          .finished_at = at_second(n),
          .version = std::nullopt,
          .number = 0,
          .tag = "v" + std::to_string(n),
          .message = "a build",
          .reason = "no version carries it",
          .run = RunId("r-1"),
          .begun_at = at_second(1000 + n)};
}

inline Outcome outcome(OutcomeKind kind) {
  Outcome result;
  result.kind = kind;
  return result;
}

inline Memory rich_memory() {
  Memory memory;
  memory.generations = {{.digest = bundle_digest(9),
                         .finished_at = at_second(90),
                         .state = GenerationState::done,
                         .version = version_id(1),
                         .tried_with = ""},
                        {.digest = bundle_digest(1),
                         .finished_at = at_second(10),
                         .state = GenerationState::refused,
                         .version = std::nullopt,
                         .tried_with = "abc"},
                        {.digest = bundle_digest(5),
                         .finished_at = at_second(50),
                         .state = GenerationState::seen,
                         .version = std::nullopt,
                         .tried_with = ""}};
  memory.versions[version_id(1)] = {at_second(1), std::nullopt, false};
  memory.versions[version_id(2)] = {at_second(2), Millis(0), true, 2, Millis(500)};
  memory.versions[version_id(3)] = {at_second(3), Millis(86'400'000), false};
  memory.pins[version_id(2)] = {"a \"quoted\"\n reason", "ana", std::nullopt};
  memory.pins[version_id(3)] = {"", "", at_second(0), Millis(0)};
  memory.suspension = {"holiday", "ana", at_second(5000)};
  memory.approval = {"p-1", {version_id(1), version_id(3)}, "ana", at_second(7), "hash"};
  memory.highest_number = 3;
  memory.had_deployment = true;
  memory.policy_hash = "hash";
  memory.agreed_policy = "another";
  memory.prune_held = true;
  memory.prune_held_because = "the journal was lost";
  memory.loss_seen = at_second(77);
  memory.builds_seen_in = "/srv/dist";
  memory.newcomer = true;
  memory.builds_at = {{"/srv/dist/a", bundle_digest(4)}, {"/srv/dist/b \"c\"", bundle_digest(5)}};
  return memory;
}

/// Everything but the intents.
inline void expect_same(const Memory& a, const Memory& b) {
  EXPECT_EQ(a.generations, b.generations);
  EXPECT_EQ(a.versions, b.versions);
  EXPECT_EQ(a.pins, b.pins);
  EXPECT_EQ(a.suspension, b.suspension);
  EXPECT_EQ(a.approval, b.approval);
  EXPECT_EQ(a.highest_number, b.highest_number);
  EXPECT_EQ(a.had_deployment, b.had_deployment);
  EXPECT_EQ(a.policy_hash, b.policy_hash);
  EXPECT_EQ(a.agreed_policy, b.agreed_policy);
  EXPECT_EQ(a.prune_held, b.prune_held);
  EXPECT_EQ(a.prune_held_because, b.prune_held_because);
  EXPECT_EQ(a.loss_seen, b.loss_seen);
  EXPECT_EQ(a.builds_seen_in, b.builds_seen_in);
  EXPECT_EQ(a.builds_at, b.builds_at);
  EXPECT_EQ(a.newcomer, b.newcomer);
}

template <class Make>
class JournalContract : public testing::Test {
 protected:
  const WorkerId shop_{"shop"}, blog_{"blog"};
  std::unique_ptr<Journal> journal_ = Make()();
};
TYPED_TEST_SUITE_P(JournalContract);

TYPED_TEST_P(JournalContract, RemembersNothingOfAWorkerThatWasNeverKept) {
  const auto memory = this->journal_->recall(this->shop_);
  ASSERT_TRUE(memory.has_value());
  expect_same(*memory, Memory{});
  EXPECT_TRUE(memory->intents.empty());
  EXPECT_TRUE(this->journal_->workers()->empty());
  EXPECT_FALSE(this->journal_->recovering().has_value());
}

TYPED_TEST_P(JournalContract, RecallsWhatWasKeptAndMixesNoWorkers) {
  ASSERT_TRUE(this->journal_->keep(this->shop_, rich_memory()).has_value());
  Memory other;
  other.highest_number = 7;
  ASSERT_TRUE(this->journal_->keep(this->blog_, other).has_value());
  expect_same(*this->journal_->recall(this->shop_), rich_memory());
  expect_same(*this->journal_->recall(this->blog_), other);
}

TYPED_TEST_P(JournalContract, NamesTheWorkersThatWereKept) {
  ASSERT_TRUE(this->journal_->keep_account({{}, at_second(9), "it was missing"}).has_value());
  ASSERT_TRUE(this->journal_->keep(this->shop_, rich_memory()).has_value());
  EXPECT_EQ(*this->journal_->workers(), (std::set<WorkerId>{this->shop_}));
  ASSERT_TRUE(this->journal_->keep(this->blog_, Memory()).has_value());
  ASSERT_TRUE(this->journal_->keep(this->shop_, Memory()).has_value());
  EXPECT_EQ(*this->journal_->workers(), (std::set<WorkerId>{this->blog_, this->shop_}));
}

TYPED_TEST_P(JournalContract, KeepReplacesEverything) {
  ASSERT_TRUE(this->journal_->keep(this->shop_, rich_memory()).has_value());
  Memory changed = rich_memory();
  changed.generations.erase(changed.generations.begin());
  changed.generations.push_back({.digest = bundle_digest(2),
                                 .finished_at = at_second(5),
                                 .state = GenerationState::seen,
                                 .version = std::nullopt,
                                 .tried_with = ""});
  changed.generations.front().state = GenerationState::seen;
  changed.versions.erase(version_id(2));
  changed.versions[version_id(1)].condemned_for = Millis(5);
  changed.pins.clear();
  changed.suspension.reset();
  changed.approval->versions.erase(version_id(1));
  ASSERT_TRUE(this->journal_->keep(this->shop_, changed).has_value());
  expect_same(*this->journal_->recall(this->shop_), changed);
  std::swap(changed.generations.front(), changed.generations.back());
  ASSERT_TRUE(this->journal_->keep(this->shop_, changed).has_value());
  expect_same(*this->journal_->recall(this->shop_), changed);
  ASSERT_TRUE(this->journal_->keep(this->shop_, Memory{}).has_value());
  expect_same(*this->journal_->recall(this->shop_), Memory{});
}

TYPED_TEST_P(JournalContract, RemembersTheAccountBesideItsWorkers) {
  EXPECT_EQ(*this->journal_->recall_account(), AccountMemory{});
  AccountMemory memory{{.clock = true, .bad_reads = false, .many_creates = true},
                       at_second(9),
                       "the file was missing"};
  ASSERT_TRUE(this->journal_->keep_account(memory).has_value());
  ASSERT_TRUE(this->journal_->keep(this->shop_, rich_memory()).has_value());
  EXPECT_EQ(*this->journal_->recall_account(), memory);
  memory = {};
  ASSERT_TRUE(this->journal_->keep_account(memory).has_value());
  EXPECT_EQ(*this->journal_->recall_account(), memory);
  expect_same(*this->journal_->recall(this->shop_), rich_memory());
}

TYPED_TEST_P(JournalContract, AnIntentIsOpenUntilItIsFinished) {
  const Intent intent = create_intent(this->shop_, 4);
  const auto first = this->journal_->begin(intent);
  Intent prune = create_intent(this->shop_, 5);
  prune.kind = IntentKind::prune;
  prune.digest.reset();
  prune.version = version_id(5);
  prune.number = 5;
  prune.plan = "p-5";
  const auto second = this->journal_->begin(prune);
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_GT(*second, *first);
  ASSERT_TRUE(this->journal_->begin(create_intent(this->blog_, 6)).has_value());

  Memory memory = *this->journal_->recall(this->shop_);
  ASSERT_EQ(memory.intents.size(), 2U);
  const OpenIntent& open = memory.intents.front();
  EXPECT_EQ(open.id, *first);
  EXPECT_EQ(open.intent.kind, IntentKind::create);
  EXPECT_EQ(open.intent.worker, this->shop_);
  EXPECT_EQ(open.intent.digest, intent.digest);
  EXPECT_EQ(open.intent.finished_at, intent.finished_at);
  EXPECT_EQ(open.intent.tag, intent.tag);
  EXPECT_EQ(open.intent.message, intent.message);
  EXPECT_EQ(open.intent.reason, intent.reason);
  EXPECT_EQ(open.intent.run, intent.run);
  EXPECT_EQ(open.intent.begun_at, intent.begun_at);
  EXPECT_EQ(memory.intents.back().intent.version, prune.version);
  EXPECT_EQ(memory.intents.back().intent.number, 5U);
  EXPECT_EQ(memory.intents.back().intent.plan, "p-5");

  ASSERT_TRUE(this->journal_->finish(*first, outcome(OutcomeKind::done)).has_value());
  memory = *this->journal_->recall(this->shop_);
  ASSERT_EQ(memory.intents.size(), 1U);
  EXPECT_EQ(memory.intents.front().id, *second);
  // An intent is finished once.
  EXPECT_FALSE(this->journal_->finish(*first, outcome(OutcomeKind::failed)).has_value());
}

TYPED_TEST_P(JournalContract, KeepLeavesIntentsAlone) {
  Memory memory = rich_memory();
  ASSERT_TRUE(this->journal_->begin(create_intent(this->shop_, 1)).has_value());
  ASSERT_TRUE(this->journal_->keep(this->shop_, memory).has_value());
  EXPECT_EQ(this->journal_->recall(this->shop_)->intents.size(), 1U);
  memory.intents.push_back({.id = 77, .intent = create_intent(this->shop_, 2)});
  ASSERT_TRUE(this->journal_->keep(this->shop_, memory).has_value());
  EXPECT_EQ(this->journal_->recall(this->shop_)->intents.size(), 1U);
}

TYPED_TEST_P(JournalContract, TheLedgerIsARingReadNewestFirst) {
  const auto entry = [&](int n, const WorkerId& worker) {
    return LedgerEntry{.at = at_second(n),
                       .worker = worker,
                       .event = "version.created",
                       .version = version_id(n % 2),
                       .number = static_cast<std::uint64_t>(n),
                       .tag = "t",
                       .digest = "d",
                       .detail = "s",
                       .actor = "ana",
                       .plan = "p-1",
                       .run = RunId("r"),
                       .generation = 3};
  };
  ASSERT_TRUE(this->journal_->append({}).has_value());
  ASSERT_TRUE(this->journal_->append({entry(1, this->shop_), entry(2, this->shop_)}).has_value());
  ASSERT_TRUE(this->journal_->append({entry(3, this->blog_)}).has_value());
  ASSERT_TRUE(this->journal_->append({entry(4, this->shop_), entry(5, this->shop_)}).has_value());
  ASSERT_TRUE(this->journal_->append({entry(6, this->shop_)}).has_value());
  const auto all = this->journal_->ledger(this->shop_, std::nullopt, 10);
  ASSERT_TRUE(all.has_value());
  ASSERT_EQ(all->size(), 4U);  // Of 6, the history holds 5; one is another Worker's.
  EXPECT_EQ(all->front().number, 6U);
  EXPECT_EQ(all->back().number, 2U);
  EXPECT_EQ(all->front().actor, "ana");
  EXPECT_EQ(all->front().at, at_second(6));
  EXPECT_EQ(all->front().run, RunId("r"));
  EXPECT_EQ(all->front().generation, 3U);
  EXPECT_EQ(this->journal_->ledger(this->shop_, version_id(0), 10)->size(), 3U);
  EXPECT_EQ(this->journal_->ledger(this->shop_, version_id(0), 1)->front().number, 6U);
}

TYPED_TEST_P(JournalContract, KeepsTheTextOfEveryPolicy) {
  EXPECT_FALSE(this->journal_->policy("h1").value().has_value());
  ASSERT_TRUE(this->journal_->keep_policy("h1", "retention: one\n").has_value());
  ASSERT_TRUE(this->journal_->keep_policy("h2", "").has_value());
  ASSERT_TRUE(this->journal_->keep_policy("h1", "retention: one\n").has_value());
  EXPECT_EQ(this->journal_->policy("h1").value(), "retention: one\n");
  EXPECT_EQ(this->journal_->policy("h2").value(), "");
}

REGISTER_TYPED_TEST_SUITE_P(JournalContract, RemembersNothingOfAWorkerThatWasNeverKept,
                            RecallsWhatWasKeptAndMixesNoWorkers, NamesTheWorkersThatWereKept,
                            KeepReplacesEverything, RemembersTheAccountBesideItsWorkers,
                            AnIntentIsOpenUntilItIsFinished, KeepLeavesIntentsAlone,
                            TheLedgerIsARingReadNewestFirst, KeepsTheTextOfEveryPolicy);

}  // namespace rollout
