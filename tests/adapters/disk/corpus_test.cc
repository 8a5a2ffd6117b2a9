// SPDX-License-Identifier: Apache-2.0
// What may lie in a build besides regular files, and how far a build may go.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "daemon/adapters/disk/fd.h"
#include "daemon/codec/sha256.h"
#include "tests/adapters/disk/build_dir.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

/// A file of this size without its bytes on the disk.
void make_sparse(const BuildDir& dir, const std::string& name, off_t size) {
  dir.write(name, "");
  ASSERT_EQ(::truncate(dir.at(name).c_str(), size), 0);
}

void make_socket(const std::string& path) {
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof(address.sun_path));
  path.copy(address.sun_path, path.size());
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
}

struct Case {
  const char* name;
  std::function<void(const BuildDir&)> make;
  const char* code;
  const char* detail;  ///< What the sentence must hold.
};

const Case kCases[] = {
    {"SymlinkOutOfTheRoot",
     [](const BuildDir& dir) { fs::create_symlink("/etc/passwd", dir.at("dist/passwd.txt")); },
     "SymlinkInBuild", "`passwd.txt`"},
    {"SymlinkInsideTheRoot",
     [](const BuildDir& dir) { fs::create_symlink("index.js", dir.at("dist/a.js")); },
     "SymlinkInBuild", "`a.js`"},
    {"SymlinkToADirectory",
     [](const BuildDir& dir) { fs::create_directory_symlink("/etc", dir.at("dist/etc")); },
     "SymlinkInBuild", "`etc`"},
    {"SymlinkBelow",
     [](const BuildDir& dir) {
       fs::create_directories(dir.at("dist/a/b"));
       fs::create_symlink("/etc/passwd", dir.at("dist/a/b/c.txt"));
     },
     "SymlinkInBuild", "`a/b/c.txt`"},
    {"Fifo",
     [](const BuildDir& dir) { ASSERT_EQ(::mkfifo(dir.at("dist/pipe.js").c_str(), 0644), 0); },
     "NotARegularFile", "`pipe.js`"},
    {"Socket", [](const BuildDir& dir) { make_socket(dir.at("dist/socket")); }, "NotARegularFile",
     "`socket`"},
    {"NameWithANewline", [](const BuildDir& dir) { dir.write("dist/a\nERROR forged.js", ""); },
     "BadName", "`a\\x0aERROR forged.js`"},
    {"NameThatIsNoUtf8", [](const BuildDir& dir) { dir.write("dist/gr\xFCn.js", ""); }, "BadName",
     "`gr\\xfcn.js`"},
    {"TooDeep",
     [](const BuildDir& dir) {
       std::string path = "dist";
       for (int level = 0; level < 33; ++level) path += "/d";
       dir.write(path + "/x.txt", "");
     },
     "TooDeep", "32 levels"},
    {"TooManyFiles",
     [](const BuildDir& dir) {
       dir.write("dist/0", "");
       for (int i = 1; i < 10'000; ++i) {
         fs::create_hard_link(dir.at("dist/0"), dir.at("dist/" + std::to_string(i)));
       }
     },
     "TooManyFiles", "10000"},
    {"TooLarge",
     [](const BuildDir& dir) {
       dir.write("dist/index.js", "import './big.bin'");
       make_sparse(dir, "dist/big.bin", 64 * 1024 * 1024 + 1);
       dir.remove("dist/.rollout.json");
     },
     "TooLarge", "`big.bin`"},
};

class Corpus : public testing::TestWithParam<Case> {};

// Promise 10: nothing outside the build root is ever read.
TEST_P(Corpus, IsRejectedWithASentence) {
  const BuildDir dir;
  dir.write("dist/index.js", "export default {}");
  dir.mark("dist");
  GetParam().make(dir);
  SteppedClock clock;
  clock.wall = Instant(std::chrono::years(200));
  DiskBuildSource source(clock);
  const auto seen =
      source.look(worker_of(dir.at("dist"), Layout::in_place, ReadyQuiet{std::chrono::seconds(1)}));
  EXPECT_TRUE(seen.builds.empty());
  const auto& rejected = seen.rejected;
  ASSERT_EQ(rejected.size(), 1U);
  EXPECT_EQ(rejected[0].code, GetParam().code);
  EXPECT_NE(rejected[0].detail.find(GetParam().detail), std::string::npos) << rejected[0].detail;
  EXPECT_EQ(rejected[0].root, dir.at("dist"));
  const auto marked = write_marker({.dir = dir.at("dist"), .main = "index.js"});
  EXPECT_FALSE(marked.has_value());
}

INSTANTIATE_TEST_SUITE_P(Kinds, Corpus, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(CorpusOfLinks, AHardLinkIsAFileOfTheBuild) {
  const BuildDir dir;
  dir.write("shared/index.js", "one");
  fs::create_directory(dir.at("dist"));
  fs::create_hard_link(dir.at("shared/index.js"), dir.at("dist/index.js"));
  dir.mark("dist");
  SteppedClock clock;
  clock.wall = Instant(std::chrono::years(200));
  DiskBuildSource source(clock);
  const auto worker = worker_of(dir.at("dist"));
  EXPECT_EQ(source.look(worker).builds.at(0).modules.at(0).sha256, sha256("one"));
  dir.write("shared/index.js", "two");
  EXPECT_EQ(codes(source.look(worker)), std::vector<std::string>{"MarkerMismatch"});
}

TEST(CorpusOfLinks, AMarkerThatIsALinkIsNoMarker) {
  const BuildDir dir;
  dir.write("dist/index.js", "one");
  dir.mark("dist");
  fs::rename(dir.at("dist/.rollout.json"), dir.at("elsewhere"));
  fs::create_symlink(dir.at("elsewhere"), dir.at("dist/.rollout.json"));
  SteppedClock clock;
  DiskBuildSource source(clock);
  EXPECT_EQ(codes(source.look(worker_of(dir.at("dist")))),
            std::vector<std::string>{"SymlinkInBuild"});
}

TEST(CorpusOfLinks, GitAndNodeModulesAreNoPartOfABuild) {
  const BuildDir dir;
  dir.write("dist/index.js", "one");
  dir.write("dist/.git/HEAD", "x");
  dir.write("dist/node_modules/.bin/x", "x");
  fs::create_symlink("/etc", dir.at("dist/node_modules/etc"));
  EXPECT_EQ(dir.mark("dist").left_out.size(), 0U);
  SteppedClock clock;
  clock.wall = Instant(std::chrono::years(200));
  DiskBuildSource source(clock);
  EXPECT_EQ(source.look(worker_of(dir.at("dist"))).builds.size(), 1U);
}

}  // namespace
}  // namespace rollout
