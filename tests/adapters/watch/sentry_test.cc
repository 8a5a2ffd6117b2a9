// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/watch/sentry.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <latch>

#include "tests/adapters/disk/build_dir.h"
#include "tests/adapters/watch/namespaces.h"
#include "tests/adapters/watch/recorder.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;
constexpr Millis kNever = std::chrono::hours(1);

WatchedRoot root(const std::string& worker, const std::string& path) {
  return {WorkerId(worker), path, Layout::in_place};
}

/// Changes something below `path` and waits for the Worker's mark.
void expect_told(Recorder& recorder, const BuildDir& base, const std::string& worker,
                 const std::string& file) {
  const int before = recorder.marks(worker);
  base.write(file, "x");
  EXPECT_TRUE(recorder.await(worker, before)) << file;
}

TEST(Sentry, TellsOfEachWorkerOnly) {
  const BuildDir base;
  base.write("a/index.js", "");
  base.write("b/index.js", "");
  Recorder recorder;
  Sentry sentry(recorder, recorder, kNever);
  sentry.reconfigure({root("a", base.at("a")), root("b", base.at("b"))});
  ASSERT_TRUE(recorder.await("b", 0));
  const int before = recorder.marks("b");
  expect_told(recorder, base, "a", "a/index.js");
  EXPECT_EQ(recorder.marks("b"), before);
}

TEST(Sentry, FollowsNewDirectoriesHoweverDeep) {
  const BuildDir base;
  base.write("dist/index.js", "");
  Recorder recorder;
  Sentry sentry(recorder, recorder, kNever);
  sentry.reconfigure({root("w", base.at("dist"))});
  ASSERT_TRUE(recorder.await("w", 0));
  expect_told(recorder, base, "w", "dist/a/b/c/d/first.js");
  expect_told(recorder, base, "w", "dist/a/b/c/d/second.js");
}

TEST(Sentry, WaitsForARootWhoseAncestorsAreMissing) {
  const BuildDir base;
  Recorder recorder;
  Sentry sentry(recorder, recorder, kNever);
  sentry.reconfigure({root("w", base.at("srv/shop/dist"))});
  ASSERT_TRUE(recorder.await("w", 0));
  EXPECT_EQ(recorder.degraded(), "");
  expect_told(recorder, base, "w", "srv/shop/dist/index.js");
  expect_told(recorder, base, "w", "srv/shop/dist/second.js");
}

TEST(Sentry, IsArmedAgainAfterTheRootWasReplaced) {
  const BuildDir base;
  base.write("dist/index.js", "");
  base.write("other/index.js", "");
  Recorder recorder;
  Sentry sentry(recorder, recorder, kNever);
  sentry.reconfigure({root("w", base.at("dist")), root("fence", base.at("other"))});
  ASSERT_TRUE(recorder.await("fence", 0));
  const int before = recorder.marks("w");
  fs::rename(base.at("dist"), base.at("old"));
  ASSERT_TRUE(recorder.await("w", before));
  expect_told(recorder, base, "w", "dist/index.js");
  expect_told(recorder, base, "w", "dist/second.js");
  // Events come in order: what was told before a mark of the fence is known at that mark.
  expect_told(recorder, base, "fence", "other/first.js");
  const int now = recorder.marks("w");
  base.write("old/index.js", "x");
  expect_told(recorder, base, "fence", "other/second.js");
  EXPECT_EQ(recorder.marks("w"), now) << "events of the old directory look like the path's";
}

TEST(Sentry, ForgetsRootsThatAreNoLongerConfigured) {
  const BuildDir base;
  base.write("a/index.js", "");
  base.write("b/index.js", "");
  Recorder recorder;
  Sentry sentry(recorder, recorder, kNever);
  sentry.reconfigure({root("a", base.at("a"))});
  ASSERT_TRUE(recorder.await("a", 0));
  sentry.reconfigure({root("b", base.at("b"))});
  ASSERT_TRUE(recorder.await("b", 0));
  const int before = recorder.marks("a");
  base.write("a/index.js", "x");
  expect_told(recorder, base, "b", "b/index.js");
  EXPECT_EQ(recorder.marks("a"), before);
}

TEST(Sentry, StartsAnewAfterAnOverflow) {
  const BuildDir base;
  base.write("dist/index.js", "");
  Recorder recorder;
  std::latch noticed(1), go_on(1);
  recorder.while_marking = [&] {
    if (recorder.marks("w") != 2) return;
    noticed.count_down();
    go_on.wait();
  };
  Sentry sentry(recorder, recorder, kNever);
  sentry.reconfigure({root("w", base.at("dist"))});
  ASSERT_TRUE(recorder.await("w", 0));
  base.write("dist/index.js", "x");
  noticed.wait();
  for (int i = 0; i < 10'000; ++i) {  // Two events each; the queue holds 16,384.
    base.write("dist/many", "x");
    ASSERT_EQ(::unlink(base.at("dist/many").c_str()), 0);
  }
  go_on.count_down();
  EXPECT_TRUE(recorder.await("w", 2));
  EXPECT_EQ(recorder.overflows(), 1);
  EXPECT_GE(recorder.alls(), 1);
  expect_told(recorder, base, "w", "dist/second.js");
}

TEST(Sentry, FindsAMountOverTheRootByItself) {
  in_own_namespace([] {
    const BuildDir base;
    base.write("dist/index.js", "");
    Recorder recorder;
    Sentry sentry(recorder, recorder, std::chrono::milliseconds(5));
    sentry.reconfigure({root("w", base.at("dist"))});
    ASSERT_TRUE(recorder.await("w", 0));
    const int before = recorder.marks("w");
    ASSERT_EQ(::mount("none", base.at("dist").c_str(), "tmpfs", 0, nullptr), 0);
    EXPECT_TRUE(recorder.await("w", before));
    expect_told(recorder, base, "w", "dist/index.js");
  });
}

TEST(Sentry, PollsWhatIsBeyondTheWatchLimitAndTriesAgain) {
  in_own_namespace([] {
    const BuildDir base;
    base.write("a/index.js", "");
    for (int i = 0; i < 8; ++i) base.write("b/" + std::to_string(i) + "/x.js", "");
    std::ofstream("/proc/sys/user/max_inotify_watches") << 5;
    Recorder recorder;
    Sentry sentry(recorder, recorder, std::chrono::milliseconds(5));
    sentry.reconfigure({root("a", base.at("a")), root("b", base.at("b"))});
    ASSERT_TRUE(recorder.await("b", 0));
    EXPECT_NE(recorder.degraded().find("max_user_watches"), std::string::npos)
        << recorder.degraded();
    EXPECT_EQ(recorder.degraded().find("a: "), std::string::npos) << "that one is watched";
    expect_told(recorder, base, "a", "a/index.js");

    std::ofstream("/proc/sys/user/max_inotify_watches") << 1000;
    for (int marks = recorder.marks("b"); !recorder.degraded().empty(); ++marks) {
      ASSERT_TRUE(recorder.await("b", marks)) << "it is marked at each try";
    }
    expect_told(recorder, base, "b", "b/7/x.js");
  });
}

TEST(Sentry, SaysWhenThereIsNoInotifyAtAll) {
  in_own_namespace([] {
    const BuildDir base;
    base.write("dist/index.js", "");
    std::ofstream("/proc/sys/user/max_inotify_instances") << 0;
    Recorder recorder;
    Sentry sentry(recorder, recorder, std::chrono::milliseconds(5));
    sentry.reconfigure({root("w", base.at("dist"))});
    ASSERT_TRUE(recorder.await("w", 0));
    EXPECT_NE(recorder.degraded().find("max_user_instances"), std::string::npos);
    for (int i = 1; i <= 3; ++i) ASSERT_TRUE(recorder.await("w", i)) << "it is tried again";
    EXPECT_EQ(recorder.degradations(), 1) << "told once while nothing changes";
    std::ofstream("/proc/sys/user/max_inotify_instances") << 10;
    for (int marks = recorder.marks("w"); !recorder.degraded().empty(); ++marks) {
      ASSERT_TRUE(recorder.await("w", marks));
    }
    expect_told(recorder, base, "w", "dist/index.js");
  });
}

TEST(Sentry, TakesOneWatchADirectory) {
  const BuildDir base;
  std::vector<WatchedRoot> roots;
  for (int i = 0; i < 300; ++i) {
    const std::string name = "w" + std::to_string(i);
    base.write(name + "/index.js", "");
    roots.push_back(root(name, base.at(name)));
  }
  WatchSet watches(roots);
  watches.arm_all();
  EXPECT_TRUE(watches.problems().empty());
  std::ifstream info("/proc/self/fdinfo/" + std::to_string(watches.descriptor()));
  int count = 0;
  for (std::string line; std::getline(info, line);) count += line.starts_with("inotify ") ? 1 : 0;
  EXPECT_EQ(count, 301) << "each root, and their parent once";
}

}  // namespace
}  // namespace rollout
