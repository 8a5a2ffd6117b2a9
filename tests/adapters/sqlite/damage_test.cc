// SPDX-License-Identifier: Apache-2.0
// A damaged journal says so, or nothing of it was lost.
#include "tests/adapters/sqlite/fixture.h"
#include "tests/adapters/sqlite/shim_disk.h"

namespace rollout {
namespace {

class DamageTest : public JournalTest {
 protected:
  DamageTest() {
    disk_.sync_is_slow = false;
    fill();
    sound_ = read_file(path_);
    stamp_ = read_file(path_ + ".expected");
  }

  /// Opens `bytes` as the journal. True where it admits the damage, in one way or another.
  bool admits(const std::string& bytes) {
    for (const auto& file : std::filesystem::directory_iterator(directory_)) {
      std::filesystem::remove(file);
    }
    write_file(path_, bytes);
    write_file(path_ + ".expected", stamp_);
    auto journal = SqliteJournal::open({.path = path_, .history = 100});
    if (!journal) return true;
    const Memory memory = *(*journal)->recall(shop_);
    for (const OpenIntent& open : memory.intents) {
      EXPECT_EQ(open.intent.digest, bundle_digest(static_cast<int>(open.id)));
    }
    if ((*journal)->recovering()) return true;
    expect_same(memory, rich_memory());
    EXPECT_EQ(memory.intents.size(), 2U);
    EXPECT_EQ((*journal)->ledger(shop_, std::nullopt, 10)->size(), 2U);
    EXPECT_EQ((*journal)->policy("h")->value_or("lost"), "retention: one\n");
    return false;
  }

  ShimDisk disk_;
  std::string sound_, stamp_;
};

TEST_F(DamageTest, ASoundFileHasNothingToAdmit) {
  EXPECT_FALSE(admits(sound_));
}

// Promise 21
TEST_F(DamageTest, AFlippedSchemaNumberIsDamageAndNoNewerVersion) {
  constexpr std::size_t kUserVersion = 60;  // Four bytes of the file's header, the highest first.
  for (std::size_t bit = 0; bit < 32; ++bit) {
    std::string bytes = sound_;
    char& byte = bytes[kUserVersion + 3 - bit / 8];
    byte = static_cast<char>(byte ^ (1 << (bit % 8)));
    for (const auto& file : std::filesystem::directory_iterator(directory_)) {
      std::filesystem::remove(file);
    }
    write_file(path_, bytes);
    write_file(path_ + ".expected", stamp_);
    const auto journal = SqliteJournal::open({.path = path_, .history = 100});
    ASSERT_TRUE(journal.has_value()) << bit << ": " << journal.error().sentence();
    EXPECT_TRUE((*journal)->recovering()) << bit;
  }
}

// Promise 21
TEST_F(DamageTest, ABitThatFlippedAnywhereIsHarmlessOrAdmitted) {
  std::size_t admitted = 0;
  // A prime stride meets every region of every page, and the bit moves along.
  for (std::size_t at = 0; at < sound_.size(); at += 113) {
    std::string bytes = sound_;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
    SCOPED_TRACE(at);
    admitted += admits(bytes) ? 1 : 0;
    if (HasFailure()) return;
  }
  EXPECT_GT(admitted, 20U);
}

// Promise 21
TEST_F(DamageTest, ABitOfTheHeaderIsHarmlessOrAdmitted) {
  for (std::size_t bit = 0; bit < 100 * 8; bit += 5) {
    std::string bytes = sound_;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    SCOPED_TRACE(bit);
    admits(bytes);
    if (HasFailure()) return;
  }
}

// Promise 21
TEST_F(DamageTest, AFileThatWasCutIsAdmitted) {
  for (std::size_t size = 0; size < sound_.size(); size += 4001) {
    SCOPED_TRACE(size);
    EXPECT_TRUE(admits(sound_.substr(0, size)));
  }
}

// Promise 21
TEST_F(DamageTest, EveryTextOfARowIsGuardedByItsChecksum) {
  for (std::size_t at = sound_.find("no version carries it"); at != std::string::npos;
       at = sound_.find("no version carries it", at + 1)) {
    std::string bytes = sound_;
    bytes[at] = 'N';
    EXPECT_TRUE(admits(bytes));
  }
}

TEST_F(DamageTest, AStampThatCannotBeReadIsAdmitted) {
  stamp_[20] = '\n';
  stamp_.pop_back();
  EXPECT_TRUE(admits(sound_));
}

}  // namespace
}  // namespace rollout
