// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace rollout {
namespace {

class StoreFile : public testing::Test {
 protected:
  StoreFile() { std::filesystem::create_directories(directory_); }
  ~StoreFile() override { std::filesystem::remove_all(directory_); }

  const std::string directory_ = testing::TempDir() + "rollout_store_" + std::to_string(::getpid());
  const std::string path_ = directory_ + "/cloud.db";
};

TEST_F(StoreFile, KeepsReplacesAndRemovesRecords) {
  {
    auto store = Store::open(path_);
    ASSERT_TRUE(store) << store.error();
    ASSERT_TRUE(store->save({{"a", "1"}, {"b", "2"}, {"c", std::string("3\0x", 3)}}));
    ASSERT_TRUE(store->save({{"a", ""}, {"b", "4"}}));
  }
  const auto store = Store::open(path_);
  const auto records = store->load();
  ASSERT_TRUE(records) << records.error();
  ASSERT_EQ(records->size(), 2U);
  EXPECT_EQ((*records)[0].text, "4");
  EXPECT_EQ((*records)[1].text, std::string("3\0x", 3));
}

TEST_F(StoreFile, RefusesAFileThatIsOpenElsewhere) {
  const auto first = Store::open(path_);
  ASSERT_TRUE(first);
  const auto second = Store::open(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(),
            "the data file " + path_ + " cannot be used: another emulator has it open");
}

TEST_F(StoreFile, NamesAFileThatCannotBeOpened) {
  const auto store = Store::open(directory_ + "/none/cloud.db");
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().find("/none/cloud.db cannot be opened"), std::string::npos);
}

}  // namespace
}  // namespace rollout
