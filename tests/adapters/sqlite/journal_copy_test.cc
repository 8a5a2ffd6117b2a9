// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/sqlite/journal_copy.h"

#include <thread>

#include "tests/adapters/sqlite/fixture.h"

namespace rollout {
namespace {

class Copy : public JournalTest {
 protected:
  FailureKind refusal() const {
    const auto copy = JournalCopy::read(path_);
    EXPECT_FALSE(copy.has_value());
    return copy ? FailureKind::unauthorized : copy.error().kind;
  }
};

TEST_F(Copy, HasTheLedgerAndTheMemoryOfAJournalThatIsInUse) {
  fill();
  const auto owner = open();
  const auto copy = JournalCopy::read(path_);
  ASSERT_TRUE(copy) << copy.error().sentence();
  EXPECT_TRUE(owner->append({entry(3)}).has_value()) << "it disturbs nobody";
  const auto entries = (*copy)->ledger(shop_);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ(entries->front().number, 2U);
  EXPECT_EQ(entries->back().tag, "v1");
  EXPECT_EQ((*copy)->memory(shop_)->pins, rich_memory().pins);
  EXPECT_TRUE((*copy)->ledger(WorkerId("other"))->empty());
}

TEST_F(Copy, IsOfOneMomentHoweverBusyTheJournalIs) {
  constexpr int kEntries = 60;
  {
    const auto owner = open();
    std::jthread daemon([&] {
      for (int n = 1; n <= kEntries; ++n) EXPECT_TRUE(owner->append({entry(n)}).has_value());
    });
    for (int i = 0; i < 100; ++i) {
      const auto copy = JournalCopy::read(path_);
      if (!copy) {
        EXPECT_EQ(copy.error().kind, FailureKind::transient) << copy.error().sentence();
        continue;
      }
      const auto entries = (*copy)->ledger(shop_).value();
      for (std::size_t n = 0; n < entries.size(); ++n) {
        EXPECT_EQ(entries[n].number, entries.size() - n);
      }
    }
  }
  EXPECT_EQ((*JournalCopy::read(path_))->ledger(shop_)->size(), kEntries);
}

TEST_F(Copy, OfNothingIsNotFoundAndLeavesNothingBehind) {
  EXPECT_EQ(refusal(), FailureKind::not_found);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(Copy, IsNotMadeWhileItIsWritten) {
  fill();
  write_file(path_ + "-journal", "pages");
  EXPECT_EQ(refusal(), FailureKind::transient);
}

TEST_F(Copy, OfWhatIsNoJournalIsRefused) {
  write_file(path_, "no database at all, though it is long enough to be taken for one");
  const FailureKind kind = refusal();
  EXPECT_TRUE(kind == FailureKind::local || kind == FailureKind::transient);
}

TEST_F(Copy, WithARowOfAnotherMomentIsNotBelieved) {
  fill();
  {
    const auto database = Database::open(path_);
    ASSERT_TRUE(database);
    ASSERT_TRUE((*database)->run("DROP TRIGGER ledger_delete"));
    ASSERT_TRUE((*database)->run("DELETE FROM ledger WHERE id = 1"));
  }
  EXPECT_EQ(refusal(), FailureKind::transient);
}

TEST_F(Copy, OfAnOlderVersionWaitsForTheDaemon) {
  fill();
  ASSERT_TRUE((*Database::open(path_))->script("PRAGMA user_version = 1"));
  EXPECT_EQ(refusal(), FailureKind::local);
}

TEST_F(Copy, OfANewerVersionIsRefused) {
  fill();
  ASSERT_TRUE((*Database::open(path_))->script("PRAGMA user_version = 999"));
  EXPECT_EQ(refusal(), FailureKind::refused);
}

}  // namespace
}  // namespace rollout
