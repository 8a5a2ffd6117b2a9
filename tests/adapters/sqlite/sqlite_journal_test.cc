// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/sqlite/sqlite_journal.h"

#include <sqlite3.h>

#include "daemon/adapters/sqlite/checks.h"
#include "daemon/adapters/sqlite/schema.h"
#include "tests/adapters/sqlite/fixture.h"

namespace rollout {
namespace {

struct MakeSqliteJournal {
  std::unique_ptr<Journal> operator()() const {
    return std::move(*SqliteJournal::open({.path = ":memory:", .history = 5}));
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JournalContract, MakeSqliteJournal);

TEST_F(JournalTest, EverythingSurvivesAStart) {
  fill();
  const auto journal = open();
  EXPECT_FALSE(journal->recovering().has_value());
  const Memory memory = *journal->recall(shop_);
  expect_same(memory, rich_memory());
  ASSERT_EQ(memory.intents.size(), 2U);
  EXPECT_EQ(journal->ledger(shop_, std::nullopt, 10)->size(), 2U);
  // A number is never used twice, even after all intents are closed.
  ASSERT_TRUE(journal->finish(2, outcome(OutcomeKind::done)).has_value());
  EXPECT_EQ(*journal->begin(create_intent(shop_, 3)), 3);
}

TEST_F(JournalTest, KeepingWhatIsKeptWritesNothing) {
  Memory memory = rich_memory();
  for (int n = 10; n < 10'010; ++n) memory.versions[version_id(n)].first_seen = at_second(n);
  const auto journal = open();
  ASSERT_TRUE(journal->keep(shop_, memory).has_value());
  const std::string before = read_file(path_);
  ASSERT_TRUE(journal->keep(shop_, memory).has_value());
  EXPECT_TRUE(read_file(path_) == before);
  memory.versions[version_id(500)].refused = true;
  ASSERT_TRUE(journal->keep(shop_, memory).has_value());
  EXPECT_FALSE(read_file(path_) == before);
  expect_same(*journal->recall(shop_), memory);
}

TEST_F(JournalTest, ClosedIntentsAreARingToo) {
  auto opened = SqliteJournal::open({.path = path_, .history = 3});
  for (int n = 1; n <= 10; ++n) {
    const IntentId id = *(*opened)->begin(create_intent(shop_, n));
    ASSERT_TRUE((*opened)->finish(id, outcome(OutcomeKind::done)).has_value());
  }
  opened->reset();
  EXPECT_EQ(*(*Database::open(path_))->number("SELECT count(*) FROM intent"), 3);
}

TEST_F(JournalTest, AMissingFileWhereThereWasOneIsRecoveredFromUntilSomeoneEndsIt) {
  fill();
  std::filesystem::remove(path_);
  EXPECT_TRUE(open()->recovering().value_or("").contains("missing"));
  EXPECT_TRUE(open()->recovering().has_value());
  ASSERT_TRUE(open()->end_recovery().has_value());
  EXPECT_FALSE(open()->recovering().has_value());
}

// Promise 21
// Promise 21 (fault matrix 49).
TEST_F(JournalTest, ANewFileThatMayReplaceAnotherIsRecoveredFrom) {
  const std::string why = "account shop has no journal, and another has none";
  const auto start = [&] {
    return *SqliteJournal::open({.path = path_, .history = 100, .lost_if_new = why});
  };
  EXPECT_EQ(start()->recovering(), why);
  auto journal = start();
  EXPECT_EQ(journal->recovering(), why) << "until it is ended";
  ASSERT_TRUE(journal->end_recovery().has_value());
  journal.reset();
  EXPECT_FALSE(start()->recovering().has_value()) << "it is new no more";
}

TEST_F(JournalTest, AnOldCopyIsNoticed) {
  fill();
  const std::string old = read_file(path_);
  ASSERT_TRUE(open()->begin(create_intent(shop_, 3)).has_value());
  write_file(path_, old);
  EXPECT_TRUE(open()->recovering().value_or("").contains("old copy"));
  EXPECT_TRUE(open()->recovering().value_or("").contains("old copy"));
  ASSERT_TRUE(open()->end_recovery().has_value());
  EXPECT_FALSE(open()->recovering().has_value());
}

// Promise 21
TEST_F(JournalTest, NobodyElseMayReadItsFiles) {
  fill();
  std::filesystem::permissions(path_, std::filesystem::perms(0644));
  fill();
  for (const auto& file : std::filesystem::directory_iterator(directory_)) {
    EXPECT_EQ(file.status().permissions(), std::filesystem::perms(0600)) << file.path();
  }
}

TEST_F(JournalTest, ACopyFromElsewhereOrWithoutItsStampIsNoticed) {
  fill();
  const std::string other = read_file(path_);
  std::filesystem::remove(path_);
  std::filesystem::remove(path_ + ".expected");
  fill();
  write_file(path_, other);
  EXPECT_TRUE(open()->recovering().value_or("").contains("another journal"));
  ASSERT_TRUE(open()->end_recovery().has_value());
  std::filesystem::remove(path_ + ".expected");
  EXPECT_TRUE(open()->recovering().value_or("").contains("stamp"));
}

TEST_F(JournalTest, ANewerSchemaIsRefused) {
  fill();
  {
    const auto database = *Database::open(path_);
    std::string identity;
    ASSERT_TRUE(database
                    ->each("SELECT identity FROM journal", {},
                           [&](const SqlRow& row) { identity = row.text(0); })
                    .has_value());
    ASSERT_TRUE(database->script("PRAGMA user_version = 3").has_value());
    ASSERT_TRUE(database->run("UPDATE journal SET checksum = ?", {head_checksum(identity, "", 3)}));
  }
  const std::string before = read_file(path_);
  const auto journal = SqliteJournal::open({.path = path_});
  ASSERT_FALSE(journal.has_value());
  EXPECT_EQ(journal.error().kind, FailureKind::refused);
  EXPECT_TRUE(journal.error().detail.contains("newer version"));
  EXPECT_TRUE(read_file(path_) == before);
}

TEST_F(JournalTest, AnotherProgramsDatabaseIsMovedAside) {
  ASSERT_TRUE((*Database::open(path_))->script("CREATE TABLE t (a)").has_value());
  EXPECT_TRUE(open()->recovering().value_or("").contains(".corrupt-1"));
  EXPECT_TRUE(std::filesystem::exists(path_ + ".corrupt-1"));
}

TEST_F(JournalTest, ADirectoryThatIsNotThereIsAFailure) {
  const auto journal = SqliteJournal::open({.path = directory_ + "/none/main.db"});
  ASSERT_FALSE(journal.has_value());
  EXPECT_EQ(journal.error().kind, FailureKind::local);
}

TEST_F(JournalTest, AStepForwardKeepsACopyOfWhatWasBefore) {
  fill();
  std::vector<std::string_view> steps = journal_steps();
  steps.push_back("ALTER TABLE ledger ADD COLUMN host TEXT");
  {
    const auto database = std::move(*Database::open(path_));
    const auto migration = migrate(*database, path_, steps);
    ASSERT_TRUE(migration.has_value());
    EXPECT_EQ(std::get<Migrated>(*migration).copy, path_ + ".before-2");
    EXPECT_EQ(*database->number("SELECT count(*) FROM ledger WHERE host IS NULL"), 2);
    EXPECT_EQ(*database->number("PRAGMA user_version"), 3);
  }
  std::filesystem::rename(path_ + ".before-2", path_);
  expect_same(*open()->recall(shop_), rich_memory());
}

TEST_F(JournalTest, AFileOfTheFirstSchemaIsTakenOver) {
  fill();
  {
    const auto database = *Database::open(path_);
    std::string identity;
    ASSERT_TRUE(database
                    ->each("SELECT identity FROM journal", {},
                           [&](const SqlRow& row) { identity = row.text(0); })
                    .has_value());
    ASSERT_TRUE(database->script("DELETE FROM policy; DROP TABLE policy; PRAGMA user_version = 1")
                    .has_value());
    ASSERT_TRUE(database->run("UPDATE journal SET checksum = ?", {head_checksum(identity, "", 1)}));
  }
  const auto journal = open();
  EXPECT_FALSE(journal->recovering().has_value());
  expect_same(*journal->recall(shop_), rich_memory());
  EXPECT_TRUE(journal->keep_policy("h", "text").has_value());
  EXPECT_TRUE(std::filesystem::exists(path_ + ".before-1"));
}

TEST_F(JournalTest, AStepThatFailsChangesNothing) {
  fill();
  std::vector<std::string_view> steps = journal_steps();
  steps.push_back("CREATE TABLE half (a); CREATE TABLE half (a)");
  EXPECT_FALSE(migrate(**Database::open(path_), path_, steps).has_value());
  EXPECT_FALSE(open()->recovering().has_value());
  expect_same(*open()->recall(shop_), rich_memory());
}

}  // namespace
}  // namespace rollout
