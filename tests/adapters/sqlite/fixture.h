// SPDX-License-Identifier: Apache-2.0
// A directory with a journal in it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "daemon/adapters/sqlite/sqlite_journal.h"
#include "tests/contract/journal_contract.h"

namespace rollout {

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    std::string pattern = testing::TempDir() + "journal-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    path_ = directory_ + "/main.db";
  }
  ~JournalTest() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<SqliteJournal> open() const {
    auto journal = SqliteJournal::open({.path = path_, .history = 100});
    EXPECT_TRUE(journal.has_value()) << journal.error().sentence();
    return std::move(*journal);
  }

  /// A closed journal with a bit of everything; the intents' numbers are 1 and 2.
  void fill() const {
    const auto journal = open();
    EXPECT_TRUE(journal->keep(shop_, rich_memory()).has_value());
    EXPECT_TRUE(journal->begin(create_intent(shop_, 1)).has_value());
    EXPECT_TRUE(journal->begin(create_intent(shop_, 2)).has_value());
    EXPECT_TRUE(journal->append({entry(1), entry(2)}).has_value());
    EXPECT_TRUE(journal->keep_policy("h", "retention: one\n").has_value());
  }

  LedgerEntry entry(int n) const {
    return {.at = at_second(n),
            .worker = shop_,
            .event = "version.created",
            .version = version_id(n),
            .number = static_cast<std::uint64_t>(n),
            .tag = "v1",
            .digest = bundle_digest(n).hex(),
            .detail = "a version was created",
            .actor = "",
            .run = RunId("r-1"),
            .generation = 1};
  }

  const WorkerId shop_{"shop"};
  std::string directory_, path_;
};

}  // namespace rollout
