// SPDX-License-Identifier: Apache-2.0
// What the kernel really reports (design: reliability, "Watching"): each row once with inotify,
// once without, and once in a storm of events. Whatever was told, a look finds the change.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <optional>

#include "daemon/adapters/disk/fd.h"
#include "daemon/adapters/watch/sentry.h"
#include "tests/adapters/disk/build_dir.h"
#include "tests/adapters/watch/namespaces.h"
#include "tests/adapters/watch/recorder.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

/// `dist` in a directory of its own; what a look at it sees, as one word and the build's text.
struct World {
  BuildDir base;
  SteppedClock clock;
  DiskBuildSource source{clock};

  void build(const std::string& where, const std::string& text) const {
    base.write(where + "/index.js", text);
    base.mark(where);
  }
  std::string look(Layout layout) {
    const auto worker = worker_of(base.at("dist"), layout);
    clock.wall = Instant(std::chrono::years(200));  // Every state is old enough to be remembered.
    const auto seen = source.look(worker);
    if (seen.unavailable) return "unavailable";
    if (!seen.rejected.empty()) return seen.rejected.front().code;
    if (seen.builds.empty()) return "no build";
    return content(source, worker, seen.builds.front(), "index.js");
  }
};

enum class Told { yes, no };
enum class Space { shared, own };  ///< `own`: it mounts.
struct Case {
  const char* name;
  std::function<void(World&)> prepare;
  std::function<void(World&)> act;
  const char* expect;
  Told told = Told::yes;
  Layout layout = Layout::in_place;
  Space space = Space::shared;
};

void build_one(World& world) {
  world.build("dist", "one");
}

void swap_names(const std::string& a, const std::string& b) {
  ASSERT_EQ(::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE), 0);
}

/// Changes the first byte through a mapping that stays; the process's end takes it away.
void store_through_a_mapping(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  void* map = ::mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  ASSERT_NE(map, MAP_FAILED);
  *static_cast<char*>(map) = 'X';
  ASSERT_EQ(::msync(map, 1, MS_SYNC), 0);
}

/// Publishes `to` with the bytes of `from`, a file that never had another name.
void publish_nameless(const World& world, const char* from, const char* to) {
  const std::string text = world.base.read(from);
  const Fd file(::open(world.base.at("dist").c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644));
  ASSERT_TRUE(file.valid());
  ASSERT_EQ(::write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  const std::string self = "/proc/self/fd/" + std::to_string(file.get());
  ASSERT_EQ(
      ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, world.base.at(to).c_str(), AT_SYMLINK_FOLLOW), 0);
}

void mount_memory(const std::string& at) {
  ASSERT_EQ(::mount("none", at.c_str(), "tmpfs", 0, nullptr), 0);
}

void write_in_place_of_same_size(World& world) {
  const auto mtime = fs::last_write_time(world.base.at("dist/index.js"));
  world.base.write("dist/index.js", "two");
  fs::last_write_time(world.base.at("dist/index.js"), mtime);
}

// clang-format off
const Case kCases[] = {
    {"LinkSwapped",
     [](World& w) {
       w.build("one", "one");
       w.build("two", "two");
       fs::create_directory_symlink("one", w.base.at("dist"));
     },
     [](World& w) {
       fs::create_directory_symlink("two", w.base.at("tmp"));
       fs::rename(w.base.at("tmp"), w.base.at("dist"));
     },
     "two", Told::yes, Layout::link},
    {"WriteInTheNewTargetOfALink",
     [](World& w) {
       w.build("one", "one");
       fs::create_directory_symlink("one", w.base.at("dist"));
     },
     [](World& w) {
       fs::create_directories(w.base.at("two"));
       fs::create_directory_symlink("two", w.base.at("tmp"));
       fs::rename(w.base.at("tmp"), w.base.at("dist"));
       w.build("two", "two");
     },
     "two", Told::yes, Layout::link},
    {"DirectoriesAtOnce", build_one,
     [](World& w) {
       w.base.write("dist/a/b/c/d/deep.txt", "deep");
       w.base.remove("dist/a/b/c/d/deep.txt");
       w.base.write("dist/a/b/c/d/deep.txt", "deep");
       w.build("dist", "two");
     },
     "two"},
    {"RootRemovedAndRecreated", build_one,
     [](World& w) {
       w.base.remove("dist");
       w.build("dist", "two");
     },
     "two"},
    {"RootRenamedAway", build_one,
     [](World& w) {
       fs::rename(w.base.at("dist"), w.base.at("old"));
       w.build("dist", "two");
     },
     "two"},
    {"DirectoriesExchanged",
     [](World& w) {
       w.build("dist", "one");
       w.build("other", "two");
     },
     [](World& w) { swap_names(w.base.at("dist"), w.base.at("other")); }, "two"},
    {"StoreThroughAMapping", build_one,
     [](World& w) { store_through_a_mapping(w.base.at("dist/index.js")); }, "MarkerMismatch",
     Told::no},
    {"WriteThroughAHardLink",
     [](World& w) {
       w.build("dist", "one");
       fs::create_hard_link(w.base.at("dist/index.js"), w.base.at("twin"));
     },
     [](World& w) { w.base.write("twin", "two"); }, "MarkerMismatch", Told::no},
    {"NamelessFileLinked",
     [](World& w) {
       w.build("dist", "one");
       fs::rename(w.base.at("dist/.rollout.json"), w.base.at("marker"));
     },
     [](World& w) { publish_nameless(w, "marker", "dist/.rollout.json"); }, "one"},
    {"TemporaryFileRenamed", build_one,
     [](World& w) {
       w.base.write("dist/index.js.tmp", "two");
       fs::rename(w.base.at("dist/index.js.tmp"), w.base.at("dist/index.js"));
     },
     "MarkerMismatch"},
    {"MountOverTheRoot", build_one,
     [](World& w) {
       mount_memory(w.base.at("dist"));
       w.build("dist", "two");
     },
     "two", Told::no, Layout::in_place, Space::own},
    {"UnmountFromTheRoot",
     [](World& w) {
       fs::create_directories(w.base.at("dist"));
       mount_memory(w.base.at("dist"));
       w.build("dist", "one");
     },
     [](World& w) { ASSERT_EQ(::umount2(w.base.at("dist").c_str(), MNT_DETACH), 0); },
     "unavailable", Told::no, Layout::in_place, Space::own},
    {"WriteBelowAnOverlay",
     [](World& w) {
       mount_memory(w.base.path());
       w.build("lower", "one");
       for (const char* name : {"upper", "work", "dist"}) fs::create_directory(w.base.at(name));
       const auto options = "lowerdir=" + w.base.at("lower") + ",upperdir=" + w.base.at("upper") +
                            ",workdir=" + w.base.at("work");
       ASSERT_EQ(::mount("none", w.base.at("dist").c_str(), "overlay", 0, options.c_str()), 0);
     },
     [](World& w) { w.base.write("lower/index.js", "two"); }, "MarkerMismatch", Told::no,
     Layout::in_place, Space::own},
    {"WriteThroughABindMount",
     [](World& w) {
       w.build("dist", "one");
       fs::create_directory(w.base.at("bound"));
       ASSERT_EQ(::mount(w.base.at("dist").c_str(), w.base.at("bound").c_str(), nullptr, MS_BIND,
                         nullptr), 0);
     },
     [](World& w) { w.build("bound", "two"); }, "two", Told::yes, Layout::in_place, Space::own},
    {"UnlinkedWhileOpen", build_one,
     [](World& w) {
       const Fd held(::open(w.base.at("dist/index.js").c_str(), O_WRONLY | O_CLOEXEC));
       w.base.remove("dist/index.js");
     },
     "MarkerMismatch"},
    {"SameSizeAndMtime", build_one, write_in_place_of_same_size, "MarkerMismatch"},
    {"TwoWritesInQuickSuccession", build_one,
     [](World& w) {
       w.build("dist", "two");
       EXPECT_EQ(w.look(Layout::in_place), "two");
       w.build("dist", "six");
     },
     "six"},
};
// clang-format on

enum class Mode { watched, unwatched, storm };

/// Events of no interest, in the directory whose watch waits for the root's name.
void storm(const World& world) {
  for (int i = 0; i < 1500; ++i) {
    const Fd noise(::open(world.base.at("noise").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    ASSERT_EQ(::unlink(world.base.at("noise").c_str()), 0);
  }
}

void run_case(const Case& given, Mode mode) {
  World world;
  given.prepare(world);
  EXPECT_NE(world.look(given.layout), given.expect) << "before anything happened";
  Recorder recorder;
  std::optional<Sentry> sentry;
  if (mode != Mode::unwatched) {
    sentry.emplace(recorder, recorder, std::chrono::hours(1));
    sentry->reconfigure({{WorkerId("shop-api"), world.base.at("dist"), given.layout}});
    ASSERT_TRUE(recorder.await("shop-api", 0)) << "marked once it is watched";
    EXPECT_EQ(recorder.degraded(), "");
  }
  const int before = recorder.marks("shop-api");
  if (mode == Mode::storm) storm(world);
  given.act(world);
  if (mode == Mode::storm) storm(world);
  if (sentry && given.told == Told::yes) {
    EXPECT_TRUE(recorder.await("shop-api", before));
  }
  EXPECT_EQ(world.look(given.layout), given.expect);
}

class InotifyTable : public testing::TestWithParam<std::tuple<Case, Mode>> {};

// Promise 8: lost events delay, never lose, a build: it is found within one rescan.
TEST_P(InotifyTable, ALookFindsWhatHappened) {
  const auto& [given, mode] = GetParam();
  if (given.space == Space::shared) {
    run_case(given, mode);
  } else {
    in_own_namespace([&] { run_case(given, mode); });
  }
}

std::string name_of(const testing::TestParamInfo<std::tuple<Case, Mode>>& row) {
  static constexpr const char* kModes[] = {"Watched", "Unwatched", "InAStorm"};
  const auto& [given, mode] = row.param;
  return std::string(given.name) + kModes[static_cast<int>(mode)];
}

INSTANTIATE_TEST_SUITE_P(Rows, InotifyTable,
                         testing::Combine(testing::ValuesIn(kCases),
                                          testing::Values(Mode::watched, Mode::unwatched,
                                                          Mode::storm)),
                         name_of);

}  // namespace
}  // namespace rollout
