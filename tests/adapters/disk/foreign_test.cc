// SPDX-License-Identifier: Apache-2.0
// What lies in a build and is not the build's: mounts, devices, files of another user.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <functional>

#include "daemon/adapters/disk/fd.h"
#include "daemon/adapters/disk/names.h"
#include "tests/adapters/disk/build_dir.h"
#include "tests/adapters/watch/namespaces.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

void mount_tmpfs(const std::string& path) {
  fs::create_directories(path);
  ASSERT_EQ(::mount("tmpfs", path.c_str(), "tmpfs", 0, nullptr), 0) << errno_text(errno);
}

void bind_mount(const std::string& from, const std::string& to) {
  ASSERT_EQ(::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr), 0) << errno_text(errno);
}

/// Tells whether a file, or anything right below a directory, was opened since.
class Openings {
 public:
  explicit Openings(const std::string& path) : events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    EXPECT_GE(::inotify_add_watch(events_.get(), path.c_str(), IN_OPEN), 0) << errno_text(errno);
  }
  bool any() const {
    std::array<char, 4096> buffer{};
    return ::read(events_.get(), buffer.data(), buffer.size()) > 0;
  }

 private:
  Fd events_;
};

Sightings look(const BuildDir& dir) {
  SteppedClock clock;
  clock.wall = Instant(std::chrono::years(200));
  DiskBuildSource source(clock);
  return source.look(
      worker_of(dir.at("dist"), Layout::in_place, ReadyQuiet{std::chrono::seconds(1)}));
}

void expect_rejected(const Sightings& seen, std::string_view code, std::string_view path) {
  EXPECT_TRUE(seen.builds.empty());
  ASSERT_EQ(seen.rejected.size(), 1U);
  EXPECT_EQ(seen.rejected[0].code, code);
  EXPECT_NE(seen.rejected[0].detail.find(path), std::string::npos) << seen.rejected[0].detail;
}

struct Case {
  const char* name;
  /// Puts something over `dist/foreign`; what must not be opened lies there then.
  std::function<void(const BuildDir&)> make;
  const char* code;
};

const Case kCases[] = {
    {"Tmpfs", [](const BuildDir& dir) { mount_tmpfs(dir.at("dist/foreign")); }, "OtherDevice"},
    {"DirectoryOfTheSameFileSystem",
     [](const BuildDir& dir) {
       dir.write("private/key.txt", "secret");
       fs::create_directory(dir.at("dist/foreign"));
       bind_mount(dir.at("private"), dir.at("dist/foreign"));
     },
     "OtherDevice"},
    {"FileOfTheSameFileSystem",
     [](const BuildDir& dir) {
       dir.write("private/key.txt", "secret");
       dir.write("dist/foreign", "");
       bind_mount(dir.at("private/key.txt"), dir.at("dist/foreign"));
     },
     "OtherDevice"},
    {"Device",
     [](const BuildDir& dir) {
       dir.write("dist/foreign", "");
       bind_mount("/dev/null", dir.at("dist/foreign"));
     },
     "NotARegularFile"},
};

class Foreign : public testing::TestWithParam<Case> {};

// Promise 10: nothing outside the build root is ever read.
TEST_P(Foreign, IsRejectedWithItsPathAndNeverOpened) {
  const BuildDir dir;
  dir.write("dist/index.js", "export default {}");
  dir.mark("dist");
  in_own_namespace([&dir] {
    GetParam().make(dir);
    const Openings openings(dir.at("dist/foreign"));
    expect_rejected(look(dir), GetParam().code, "`foreign`");
    EXPECT_FALSE(openings.any());
    EXPECT_FALSE(write_marker({.dir = dir.at("dist"), .main = "index.js"}));
    EXPECT_FALSE(openings.any());
    const Fd opened(::open(dir.at("dist/foreign").c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_TRUE(opened.valid() && openings.any()) << "an opening is noticed";
  });
}

INSTANTIATE_TEST_SUITE_P(Mounts, Foreign, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

dev_t device_of(const std::string& path) {
  struct stat found{};
  EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
  return found.st_dev;
}

// The files of an overlay may have another device than its directories, and lie on one mount.
TEST(BuildsOnAnOverlay, AreTakenThoughTheirFilesDifferInTheirDevice) {
  const BuildDir dir;
  fs::create_directory(dir.at("dist"));
  in_own_namespace([&dir] {
    mount_tmpfs(dir.at("lower"));
    mount_tmpfs(dir.at("changes"));
    dir.write("lower/index.js", "export default {}");
    fs::create_directories(dir.at("changes/upper"));
    fs::create_directories(dir.at("changes/work"));
    const std::string options = "xino=off,userxattr,lowerdir=" + dir.at("lower") +
                                ",upperdir=" + dir.at("changes/upper") +
                                ",workdir=" + dir.at("changes/work");
    ASSERT_EQ(::mount("overlay", dir.at("dist").c_str(), "overlay", 0, options.c_str()), 0)
        << errno_text(errno);
    ASSERT_NE(device_of(dir.at("dist")), device_of(dir.at("dist/index.js")));
    const auto seen = look(dir);
    EXPECT_EQ(seen.builds.size(), 1U);
    for (const auto& rejected : seen.rejected) ADD_FAILURE() << rejected.detail;
  });
}

/// Runs `body` in a child process that may read only what everyone may.
void as_nobody(const std::function<void()>& body) {
  constexpr uid_t kNobody = 65534;
  std::fflush(nullptr);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (::geteuid() == 0) {
      EXPECT_EQ(::setresgid(kNobody, kNobody, kNobody), 0);
      EXPECT_EQ(::setresuid(kNobody, kNobody, kNobody), 0);
    }
    body();
    std::fflush(nullptr);
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "the expectations above, in the child, did not hold";
}

// A build is taken whole or not at all.
TEST(BuildsThatCannotBeRead, AreRejectedForOneFileOrDirectory) {
  const BuildDir dir;
  fs::permissions(dir.path(), fs::perms(0755));
  dir.write("dist/index.js", "import './locked'");
  dir.write("dist/locked", "x");
  fs::permissions(dir.at("dist/locked"), fs::perms::none);
  as_nobody([&dir] { expect_rejected(look(dir), "Unreadable", "`locked`"); });
  dir.remove("dist/locked");
  fs::create_directory(dir.at("dist/locked"));
  fs::permissions(dir.at("dist/locked"), fs::perms::none);
  as_nobody([&dir] { expect_rejected(look(dir), "Unreadable", "`locked`"); });
  fs::permissions(dir.at("dist/locked"), fs::perms::owner_all);
}

}  // namespace
}  // namespace rollout
