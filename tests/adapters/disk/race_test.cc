// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "daemon/codec/sha256.h"
#include "tests/adapters/disk/build_dir.h"

namespace rollout {
namespace {

/// Rebuilds in place for as long as it lives: every state is 200 kB of one letter, or half of it.
/// The first names the second, so both are modules.
class RestlessWriter {
 public:
  explicit RestlessWriter(const BuildDir& dir)
      : thread_([this, &dir](const std::stop_token& stop) {
          for (char letter = 'a'; !stop.stop_requested(); letter = letter == 'a' ? 'b' : 'a') {
            const std::string text = "'./text.txt';" + std::string(200'000, letter);
            dir.write("index.js", text);
            dir.write("text.txt", text);
            static_cast<void>(write_marker({.dir = dir.path()}));
            ++rounds_;
            rounds_.notify_all();
          }
        }) {}
  void await_round(int round) {
    for (int now = rounds_; now < round; now = rounds_) rounds_.wait(now);
  }

 private:
  std::atomic<int> rounds_ = 0;
  std::jthread thread_;
};

// Promise 6: the bytes uploaded are the bytes hashed.
TEST(Race, ABuildIsOneStateAndItsBytesAreThoseThatWereHashed) {
  const BuildDir dir;
  SteppedClock clock;
  clock.wall = Instant(std::chrono::years(200));
  DiskBuildSource source(clock);
  const auto worker = worker_of(dir.path());
  int whole = 0, refused = 0;
  {
    RestlessWriter writer(dir);
    for (int round = 1; round <= 150; ++round) {
      writer.await_round(round / 2);
      for (const Build& build : source.look(worker).builds) {
        ASSERT_EQ(build.modules.size(), 2U);
        ASSERT_EQ(build.modules[0].sha256, build.modules[1].sha256) << "half of each of two states";
        for (const Module& module : build.modules) {
          const std::string bytes = content(source, worker, build, module.name);
          if (bytes.starts_with("read ")) {
            ++refused;
          } else {
            ASSERT_EQ(sha256(bytes), module.sha256);
            ++whole;
          }
        }
      }
    }
  }
  RecordProperty("whole", whole);
  RecordProperty("refused", refused);
  static_cast<void>(write_marker({.dir = dir.path()}));
  EXPECT_EQ(source.look(worker).builds.size(), 1U) << "once it rests, it is found";
}

TEST(Race, AFileThatGrowsWithoutEndIsReadNoFurtherThanItsSize) {
  const BuildDir dir;
  dir.write("index.js", std::string(100'000, 'a'));
  dir.mark();
  SteppedClock clock;
  DiskBuildSource source(clock);
  const auto worker = worker_of(dir.path());
  const auto seen = source.look(worker);
  const auto opened = source.open(worker, seen.builds.at(0));
  ASSERT_TRUE(opened);
  std::uint64_t got = 0;
  const auto read =
      (*opened)->read(seen.builds[0].modules.at(0), [&](std::span<const std::byte> piece) {
        got += piece.size();
        dir.write("index.js", std::string(100'000 + 2 * got, 'a'));
        return true;
      });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, FailureKind::invalid);
  EXPECT_LE(got, 100'000U);
}

}  // namespace
}  // namespace rollout
