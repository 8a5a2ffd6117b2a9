// SPDX-License-Identifier: Apache-2.0
// What is on the disk when a call returns, when the process is killed, and when the disk is full.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "daemon/adapters/sqlite/state_lock.h"
#include "tests/adapters/sqlite/fixture.h"
#include "tests/adapters/sqlite/shim_disk.h"

namespace rollout {
namespace {

using DurabilityTest = JournalTest;

// Promise 2
TEST_F(DurabilityTest, EveryCallReturnsWithNothingUnsynced) {
  ShimDisk disk;
  const auto journal = open();
  const auto expect_synced = [&](const char* call) {
    EXPECT_TRUE(disk.dirty.empty()) << call;
    EXPECT_EQ(disk.unsynced_deletes, 0U) << call;
  };
  std::uint64_t before = disk.operations;
  const IntentId id = *journal->begin(create_intent(shop_, 1));
  EXPECT_GT(disk.operations, before);
  expect_synced("begin");
  before = disk.operations;
  ASSERT_TRUE(journal->finish(id, outcome(OutcomeKind::done)).has_value());
  EXPECT_GT(disk.operations, before);
  expect_synced("finish");
  ASSERT_TRUE(journal->keep(shop_, rich_memory()).has_value());
  expect_synced("keep");
  ASSERT_TRUE(journal->append({entry(1)}).has_value());
  expect_synced("append");
}

struct Ending {
  bool finished = false;  ///< The child came to its end before the disk ended it.
  std::string told;       ///< One letter for each call that returned.
};

/// Writes in a child process that ends at the operation.
Ending write_and_end_at(const std::string& path, std::uint64_t operation, bool power) {
  int pipe[2] = {};
  EXPECT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ShimDisk disk;
    disk.sync_is_slow = false;
    disk.end_at = operation;
    disk.power = power;
    const auto tell = [&](const char* letter) { return ::write(pipe[1], letter, 1) == 1; };
    auto journal = std::move(*SqliteJournal::open({.path = path, .history = 100}));
    bool good = journal->begin(create_intent(WorkerId("shop"), 3)).has_value() && tell("b");
    good = good && journal->finish(1, outcome(OutcomeKind::done)).has_value() && tell("f");
    good = good && journal->keep(WorkerId("shop"), Memory{}).has_value() && tell("k");
    ::_exit(good ? 0 : 1);
  }
  ::close(pipe[1]);
  Ending ending;
  for (char letter = 0; ::read(pipe[0], &letter, 1) == 1;) ending.told += letter;
  ::close(pipe[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 9));
  ending.finished = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return ending;
}

class EndedAtEachOperation : public JournalTest, public testing::WithParamInterface<bool> {};

// Promise 2
TEST_P(EndedAtEachOperation, WhatWasSaidToBeWrittenIsThere) {
  ShimDisk disk;
  disk.sync_is_slow = false;
  fill();
  const std::string journal = read_file(path_), stamp = read_file(path_ + ".expected");
  bool finished = false;
  for (std::uint64_t operation = 1; !finished; ++operation) {
    SCOPED_TRACE(operation);
    ASSERT_LT(operation, 500U);
    write_file(path_, journal);
    write_file(path_ + ".expected", stamp);
    std::filesystem::remove(path_ + "-journal");
    const Ending ending = write_and_end_at(path_, operation, GetParam());
    finished = ending.finished;

    const auto reopened = open();
    EXPECT_FALSE(reopened->recovering().has_value()) << *reopened->recovering();
    const Memory memory = *reopened->recall(shop_);
    const auto is_open = [&](IntentId id) {
      return std::ranges::any_of(memory.intents, [&](const auto& o) { return o.id == id; });
    };
    EXPECT_TRUE(is_open(2));
    EXPECT_TRUE(is_open(3) || !ending.told.contains('b'));
    EXPECT_FALSE(is_open(1) && ending.told.contains('f'));
    if (ending.told.contains('k')) {
      expect_same(memory, Memory{});
    }
    if (!ending.told.contains('f')) {
      expect_same(memory, rich_memory());
    }
    if (HasFailure()) return;
  }
}
INSTANTIATE_TEST_SUITE_P(Durability, EndedAtEachOperation, testing::Bool(),
                         [](const auto& how) { return how.param ? "PowerCut" : "Killed"; });

// Promise 22
TEST_F(DurabilityTest, OnAFullDiskNoIntentIsWrittenAndEveryOutcomeIs) {
  ShimDisk disk;
  fill();
  auto journal = open();
  const std::uint64_t used = std::filesystem::file_size(path_) + kReserveBytes + 71;
  disk.room = {.directory = directory_, .bytes = used};
  EXPECT_EQ(journal->begin(create_intent(shop_, 3)).error().kind, FailureKind::local);
  EXPECT_FALSE(journal->keep(shop_, Memory{}).has_value());
  EXPECT_FALSE(journal->append({entry(3)}).has_value());
  expect_same(*journal->recall(shop_), rich_memory());
  EXPECT_EQ(journal->recall(shop_)->intents.size(), 2U);

  ASSERT_TRUE(journal->finish(1, outcome(OutcomeKind::done)).has_value());
  EXPECT_EQ(journal->recall(shop_)->intents.size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".reserve"));

  // With room again, everything goes on, and the reserve is back.
  disk.room.reset();
  EXPECT_TRUE(journal->begin(create_intent(shop_, 3)).has_value());
  EXPECT_EQ(std::filesystem::file_size(path_ + ".reserve"), kReserveBytes);
  journal = open();
  EXPECT_FALSE(journal->recovering().has_value());
  EXPECT_EQ(journal->recall(shop_)->intents.size(), 2U);
}

// Promise 22
TEST_F(DurabilityTest, WithoutItsReserveNoIntentIsWritten) {
  // A directory in its place is what a reserve that cannot be made looks like.
  std::filesystem::create_directory(path_ + ".reserve");
  const auto journal = open();
  const auto begun = journal->begin(create_intent(shop_, 1));
  ASSERT_FALSE(begun.has_value());
  EXPECT_EQ(begun.error().kind, FailureKind::local);
  EXPECT_TRUE(begun.error().detail.contains("reserve"));
  EXPECT_TRUE(journal->recall(shop_)->intents.empty());
}

TEST_F(DurabilityTest, AnFsyncThatFailsEndsTheProcess) {
  ShimDisk disk;
  const auto journal = open();
  disk.sync_fails = true;
  EXPECT_DEATH(static_cast<void>(journal->begin(create_intent(shop_, 1))), "the journal failed");
}

TEST_F(DurabilityTest, ASecondProcessOnTheSameDirectoryIsRefused) {
  auto first = lock_state(directory_);
  ASSERT_TRUE(first.has_value());
  const auto second = lock_state(directory_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, FailureKind::refused);
  EXPECT_TRUE(second.error().detail.contains("process " + std::to_string(::getpid())));
  {
    const StateLock moved = std::move(*first);
    EXPECT_FALSE(lock_state(directory_).has_value());
  }
  EXPECT_TRUE(lock_state(directory_).has_value());
  EXPECT_EQ(lock_state(directory_ + "/none").error().kind, FailureKind::local);
}

}  // namespace
}  // namespace rollout
