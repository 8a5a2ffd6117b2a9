// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/disk_build_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "daemon/codec/sha256.h"
#include "tests/adapters/disk/build_dir.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

class DiskBuilds : public testing::Test {
 protected:
  /// The clock is stepped past the last change, so that what is read may be remembered.
  Sightings look(const WorkerConfig& worker) {
    clock_.wall = dir_.last_change() + std::chrono::seconds(1);
    return source_.look(worker);
  }
  Build only_build(const WorkerConfig& worker) {
    auto seen = look(worker);
    for (const auto& rejected : seen.rejected) ADD_FAILURE() << rejected.detail;
    EXPECT_EQ(seen.unavailable.value_or(""), "");
    EXPECT_EQ(seen.builds.size(), 1U);
    return seen.builds.at(0);
  }
  RejectedBuild only_rejection(const WorkerConfig& worker) {
    const auto seen = look(worker);
    EXPECT_TRUE(seen.builds.empty());
    EXPECT_EQ(seen.rejected.size(), 1U);
    return seen.rejected.at(0);
  }

  BuildDir dir_;
  SteppedClock clock_;
  DiskBuildSource source_{clock_};
};

TEST_F(DiskBuilds, AreWhatTheMarkerLists) {
  const std::string code =
      "import './abc-add.wasm'; import './abc-msg.txt'; import './lib/old.cjs'; './lib/blob.bin'";
  dir_.write("index.js", code);
  dir_.write("index.js.map", "{}");
  dir_.write("README.md", "built on some day");
  dir_.write("bundle-meta.json", "{}");
  dir_.write("abc-add.wasm", std::string_view("\0asm", 4));
  dir_.write("abc-msg.txt", "hello");
  dir_.write("lib/old.cjs", "module.exports = 1");
  dir_.write("lib/blob.bin", "\x01");
  dir_.write("_headers", "/*\n  x: y");
  dir_.write(".dev.vars", "SECRET=1");
  dir_.mark("", "index.js");
  dir_.write("left-over.txt", "came after the marker");
  const Build build = only_build(worker_of(dir_.path()));
  EXPECT_EQ(names_and_types(build),
            (Texts{"_headers text/plain", "abc-add.wasm application/wasm", "abc-msg.txt text/plain",
                   "index.js application/javascript+module",
                   "lib/blob.bin application/octet-stream", "lib/old.cjs application/javascript"}));
  EXPECT_EQ(build.main_module, "index.js");
  EXPECT_EQ(build.bytes, code.size() + 4U + 5U + 18U + 1U + 9U);
  EXPECT_EQ(build.left_out.size(), 5U);  // README.md, map, metafile, .dev.vars, left-over.txt
  EXPECT_EQ(build.confidence, Confidence::confirmed);
  EXPECT_EQ(build.root, dir_.path());
  EXPECT_EQ(build.name, fs::path(dir_.path()).filename());
  EXPECT_EQ(build.modules[3].sha256, sha256(code));
}

TEST_F(DiskBuilds, AreNotThereBeforeTheirMarker) {
  dir_.write("index.js", "export default {}");
  const auto seen = look(worker_of(dir_.path()));
  EXPECT_TRUE(seen.builds.empty() && seen.rejected.empty() && !seen.unavailable);
}

TEST_F(DiskBuilds, HaveTheSameDigestWhateverLiesBesideThem) {
  dir_.write("index.js", "export default {}");
  dir_.mark();
  const Build first = only_build(worker_of(dir_.path()));
  dir_.write("README.md", "another day");
  dir_.write("index.js.map", "{}");
  dir_.mark();
  const Build second = only_build(worker_of(dir_.path()));
  EXPECT_EQ(first.digest, second.digest);
  auto with_settings = worker_of(dir_.path());
  with_settings.version.compatibility_date = "2026-11-01";
  EXPECT_NE(only_build(with_settings).digest, first.digest);
}

TEST_F(DiskBuilds, AreRejectedWhenTheyDifferFromTheirMarker) {
  dir_.write("index.js", "export default ['./b.txt']");
  dir_.write("b.txt", "b");
  dir_.mark();
  const auto worker = worker_of(dir_.path());
  dir_.write("b.txt", "bb");
  EXPECT_EQ(only_rejection(worker).code, "MarkerMismatch");
  dir_.write("b.txt", "c");  // The same size.
  const auto seen = look(worker);
  EXPECT_EQ(codes(seen), Texts{"MarkerMismatch"});
  EXPECT_TRUE(seen.look_again) << "a rebuild may be under way";
  EXPECT_FALSE(look(worker).look_again) << "nothing has moved since";
  dir_.remove("b.txt");
  EXPECT_NE(only_rejection(worker).detail.find("`b.txt`"), std::string::npos);
  dir_.mark();
  EXPECT_EQ(only_build(worker).modules.size(), 1U);
}

TEST_F(DiskBuilds, OfAPerBuildRootComeOldestFirst) {
  for (const char* name : {"b2", "b10", "b1"}) {
    dir_.write(std::string(name) + "/index.js", name);
    dir_.mark(name);
  }
  fs::last_write_time(dir_.at("b2/.rollout.json"),
                      fs::last_write_time(dir_.at("b1/.rollout.json")) - std::chrono::hours(1));
  fs::last_write_time(dir_.at("b10/.rollout.json"),
                      fs::last_write_time(dir_.at("b1/.rollout.json")) + std::chrono::hours(1));
  dir_.write("unfinished/index.js", "x");
  dir_.write("empty/.keep", "");
  dir_.write("a-file.js", "no build");
  fs::create_directory_symlink("b1", dir_.at("current"));
  clock_.wall = Instant(std::chrono::years(100));
  const auto seen = source_.look(worker_of(dir_.path(), Layout::per_build));
  Texts names;
  for (const Build& build : seen.builds) names.push_back(build.name);
  EXPECT_EQ(names, (Texts{"b2", "b1", "b10"}));
  EXPECT_TRUE(seen.rejected.empty() && !seen.unavailable);
  EXPECT_EQ(seen.unfinished, (Texts{dir_.at("empty"), dir_.at("unfinished")}));
  dir_.write("b2/index.js", "another");
  const auto again = source_.look(worker_of(dir_.path(), Layout::per_build));
  EXPECT_EQ(again.rejected.size(), 1U);
  EXPECT_EQ(again.unfinished, (Texts{dir_.at("b2"), dir_.at("empty"), dir_.at("unfinished")}));
}

TEST_F(DiskBuilds, OfAPerBuildRootHaveCleanNames) {
  dir_.write("b1/index.js", "1");
  dir_.mark("b1");
  dir_.write("caf\xE9/index.js", "2");
  const auto seen = source_.look(worker_of(dir_.path(), Layout::per_build));
  EXPECT_EQ(seen.builds.size(), 1U);
  EXPECT_EQ(codes(seen), Texts{"BadName"});
  EXPECT_TRUE(seen.unfinished.empty());
}

TEST_F(DiskBuilds, WhoseMainModuleTheMarkerDoesNotListSayHowToMarkThem) {
  dir_.write("index.js", "export default 1");
  dir_.write("admin.js", "export default 2");
  dir_.mark("", "index.js");
  auto worker = worker_of(dir_.path());
  worker.build->main = "admin.js";
  const auto refused = only_rejection(worker);
  EXPECT_EQ(refused.code, "NoMainModule");
  EXPECT_NE(refused.detail.find("`rolloutctl mark --main admin.js`"), std::string::npos);
}

TEST_F(DiskBuilds, OfALinkAreThoseOfItsTarget) {
  for (const char* name : {"one", "two"}) {
    dir_.write(std::string(name) + "/index.js", name);
    dir_.mark(name);
  }
  const auto worker = worker_of(dir_.at("current"), Layout::link);
  clock_.wall = Instant(std::chrono::years(100));
  fs::create_directory_symlink("one", dir_.at("current"));
  EXPECT_EQ(source_.look(worker).builds.at(0).name, "one");
  fs::create_directory_symlink("two", dir_.at("next"));
  fs::rename(dir_.at("next"), dir_.at("current"));
  const auto seen = source_.look(worker);
  ASSERT_EQ(seen.builds.size(), 1U);
  EXPECT_EQ(seen.builds[0].root, fs::canonical(dir_.at("two")));
  EXPECT_EQ(content(source_, worker, seen.builds[0], "index.js"), "two");
}

// Promise 9: an empty, unmounted or swapped root is never read as "no builds".
TEST_F(DiskBuilds, OfAMissingOrEmptyRootAreUnavailable) {
  const auto why = [this](const std::string& path, Layout layout) {
    return source_.look(worker_of(path, layout)).unavailable.value_or("");
  };
  for (const Layout layout : {Layout::in_place, Layout::per_build, Layout::link}) {
    EXPECT_NE(why(dir_.at("gone"), layout).find("No such file"), std::string::npos);
    EXPECT_NE(why(dir_.path(), layout).find("is empty"), std::string::npos);
  }
  EXPECT_NE(why("/home/nobody-here/dist", Layout::in_place).find("ProtectHome"), std::string::npos);
  fs::create_directory_symlink(dir_.path(), dir_.at("link"));
  EXPECT_NE(why(dir_.at("link"), Layout::in_place).find("layout: link"), std::string::npos);
  dir_.write("file", "");
  EXPECT_NE(why(dir_.at("file"), Layout::in_place).find("Not a directory"), std::string::npos);
}

/// Bytes that this thread has read through system calls.
std::uint64_t bytes_read() {
  std::ifstream io("/proc/thread-self/io");
  std::string name;
  std::uint64_t value = 0;
  io >> name >> value;
  EXPECT_EQ(name, "rchar:");
  return value;
}

TEST_F(DiskBuilds, AreNotReadAgainWhileNothingChanges) {
  const std::string megabyte(1024 * 1024, 'x');
  dir_.write("index.js", megabyte);
  dir_.mark();
  const auto worker = worker_of(dir_.path());
  const Build first = only_build(worker);
  const auto before = bytes_read();
  EXPECT_EQ(only_build(worker).digest, first.digest);
  EXPECT_LT(bytes_read() - before, megabyte.size() / 2);

  // The same size and the same mtime, as `cp -p`, `tar` and `rsync -t` leave them.
  const auto mtime = fs::last_write_time(dir_.at("index.js"));
  dir_.write("index.js", std::string(megabyte.size(), 'y'));
  fs::last_write_time(dir_.at("index.js"), mtime);
  EXPECT_EQ(only_rejection(worker).code, "MarkerMismatch");
}

TEST_F(DiskBuilds, AreHandedOutExactlyAsTheyWereHashed) {
  const std::string code = "import './note.txt';" + std::string(300'000, 'a');
  dir_.write("index.js", code);
  dir_.write("note.txt", "");
  dir_.mark();
  const auto worker = worker_of(dir_.path());
  const Build build = only_build(worker);
  EXPECT_EQ(content(source_, worker, build, "index.js"), code);
  EXPECT_EQ(content(source_, worker, build, "note.txt"), "");
  const char* kChanged = "no longer the file that was hashed";
  for (const std::string& other : {std::string(300'000, 'b'), std::string(299'999, 'a'),
                                   std::string(300'001, 'a'), std::string()}) {
    dir_.write("index.js", other);
    EXPECT_NE(content(source_, worker, build, "index.js").find(kChanged), std::string::npos);
  }
  dir_.remove("index.js");
  fs::create_symlink("note.txt", dir_.at("index.js"));
  EXPECT_NE(content(source_, worker, build, "index.js").find(kChanged), std::string::npos);
  fs::remove_all(dir_.path());
  EXPECT_NE(content(source_, worker, build, "note.txt").find("No such file"), std::string::npos);
}

}  // namespace
}  // namespace rollout
