// SPDX-License-Identifier: Apache-2.0
// The static assets of a build, and the digest that a change in them changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "daemon/codec/blake3.h"
#include "tests/adapters/disk/build_dir.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// `dist` with a Worker's index.js, the static files in `dist/client`, wrangler's configuration
/// beside it.
class AssetsOfABuild : public testing::Test {
 protected:
  AssetsOfABuild() {
    worker_.id = WorkerId("shop");
    configure(R"({"main": "src/index.ts", "assets": {"directory": "./dist/client"}})");
    dir_.write("dist/index.js", "export default {}");
    dir_.write("dist/client/index.html", "<h1>shop</h1>");
    dir_.write("dist/client/js/app.js", "'use strict'; //     ");
  }

  void configure(std::string_view text) { dir_.write("wrangler.json", text); }
  Sightings look() {
    if (!fs::is_symlink(link_)) clock_.wall = dir_.last_change() + std::chrono::hours(1);
    return source_.look(worker_);
  }
  Build marked() {
    dir_.mark("dist");
    return seen();
  }
  /// Without a marker, after a quiet time.
  Build quiet() {
    worker_.build->ready = ReadyQuiet{std::chrono::seconds(1)};
    return seen();
  }
  Build seen() {
    auto found = look();
    EXPECT_TRUE(found.rejected.empty()) << found.rejected.at(0).detail;
    return found.builds.at(0);
  }
  /// The code of why there is no build.
  std::string refusal() {
    worker_.build->ready = ReadyQuiet{std::chrono::seconds(1)};
    const auto found = look();
    if (found.rejected.empty()) return "none";
    said_ = found.rejected[0].detail;
    return found.rejected[0].code;
  }
  static std::vector<std::string> names(const Build& build) {
    std::vector<std::string> out;
    if (build.assets == nullptr) return {"no assets"};
    for (const Asset& asset : build.assets->files) out.push_back(asset.file.name);
    return out;
  }
  std::string text_of(const Build& build, std::size_t index) {
    auto contents = source_.open_assets(worker_, build);
    std::string out;
    const auto read = (*contents)->read(
        build.assets->files.at(index).file, [&out](std::span<const std::byte> bytes) {
          out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
          return true;
        });
    return read ? out : read.error().sentence();
  }

  BuildDir dir_;
  SteppedClock clock_;
  DiskBuildSource source_{clock_};
  WorkerConfig worker_ = worker_of(dir_.at("dist"));
  std::string said_;
  fs::path link_;
};

std::string wranglers_hash(std::string_view text, std::string_view extension) {
  AssetHash hash;
  hash.add(std::as_bytes(std::span(text)));
  return hash.finish(extension);
}

// `mark` does not know `rolloutd.yaml`: a version without its files is none.
TEST_F(AssetsOfABuild, ThatTheMarkerDoesNotListAreRefused) {
  configure(R"({"main": "src/index.ts"})");
  dir_.write("dist/client/page.bin", "x");
  dir_.mark("dist");
  worker_.build->assets = dir_.at("dist/client");
  const auto found = look();
  ASSERT_EQ(found.rejected.size(), 1U);
  EXPECT_EQ(found.rejected[0].code, "AssetsUnmarked");
  EXPECT_THAT(found.rejected[0].detail, HasSubstr("Name it there"));
}

// An upload of a single file is whole with its last byte.
TEST_F(AssetsOfABuild, GiveTheirLastByteOnlyWhenTheyAreWhatWasHashed) {
  const Build build = marked();
  const Module& file = build.assets->files.at(0).file;
  dir_.write("dist/client/" + file.name, std::string(file.size, 'x'));
  auto contents = source_.open_assets(worker_, build);
  std::uint64_t got = 0;
  const auto read = (*contents)->read(file, [&got](std::span<const std::byte> bytes) {
    got += bytes.size();
    return true;
  });
  EXPECT_FALSE(read);
  EXPECT_LT(got, file.size);
}

TEST_F(AssetsOfABuild, AreItsFilesAndNoModules) {
  dir_.write("dist/client/js/app.js", "import './missing.js'");
  for (const Build& build : {quiet(), marked()}) {
    EXPECT_THAT(names_and_types(build), ElementsAre("index.js application/javascript+module"));
    EXPECT_THAT(names(build), ElementsAre("index.html", "js/app.js"));
    const Asset& page = build.assets->files[0];
    EXPECT_EQ(page.file.content_type, "text/html; charset=utf-8");
    EXPECT_EQ(page.file.size, 13U);
    EXPECT_EQ(page.hash, wranglers_hash("<h1>shop</h1>", "html"));
    EXPECT_EQ(build.assets->bytes, 34U);
    EXPECT_EQ(build.main_module, "index.js");
    EXPECT_EQ(text_of(build, 0), "<h1>shop</h1>");
    EXPECT_TRUE(build.left_out.empty());
  }
}

TEST_F(AssetsOfABuild, ThatChangeMakeAnotherBuild) {
  const Build before = quiet();
  dir_.write("dist/client/index.html", "<h1>SHOP</h1>");
  const Build changed = quiet();
  EXPECT_NE(before.digest, changed.digest);
  fs::rename(dir_.at("dist/client/index.html"), dir_.at("dist/client/other.html"));
  EXPECT_NE(quiet().digest, changed.digest);
  dir_.write("dist/client/index.html", "<h1>shop</h1>");
  dir_.remove("dist/client/other.html");
  EXPECT_EQ(quiet().digest, before.digest);
}

TEST_F(AssetsOfABuild, AreThoseThatTheMarkerVouchesFor) {
  dir_.mark("dist");
  dir_.write("dist/client/stale.html", "left over");
  EXPECT_THAT(names(seen()), ElementsAre("index.html", "js/app.js"));
  dir_.write("dist/client/index.html", "<h1>SHOP</h1>");
  EXPECT_THAT(codes(look()), ElementsAre("MarkerMismatch")) << "of the same size";
  dir_.remove("dist/client/index.html");
  EXPECT_THAT(codes(look()), ElementsAre("MarkerMismatch"));
}

TEST_F(AssetsOfABuild, AreNotThoseThatAssetsignoreNames) {
  dir_.write("dist/client/.assetsignore", "*.map\n/drafts/\n");
  dir_.write("dist/client/js/app.js.map", "{}");
  dir_.write("dist/client/drafts/a.html", "");
  const Build build = quiet();
  EXPECT_THAT(names(build), ElementsAre("index.html", "js/app.js"));
  EXPECT_EQ(build.assets->left_out, 3U);
}

TEST_F(AssetsOfABuild, HaveRulesThatBecomeModules) {
  dir_.write("dist/client/_headers", "/*\n  X-Robots-Tag: noindex\n");
  dir_.write("dist/client/_redirects", "/a /b 301\n");
  dir_.write("dist/client/deep/_headers", "an asset");
  const Build build = quiet();
  EXPECT_THAT(names_and_types(build), ElementsAre("_headers text/plain", "_redirects text/plain",
                                                  "index.js application/javascript+module"));
  EXPECT_EQ(content(source_, worker_, build, "_redirects"), "/a /b 301\n");
  EXPECT_EQ(content(source_, worker_, build, "index.js"), "export default {}");
  EXPECT_THAT(names(build), ElementsAre("deep/_headers", "index.html", "js/app.js"));
}

TEST_F(AssetsOfABuild, AloneAreABuildWithoutAMainModule) {
  configure(R"({"name": "shop", "assets": {"directory": "./dist"}})");
  dir_.remove("dist/index.js");
  dir_.write("dist/_headers", "/*\n  A: b\n");
  for (const Build& build : {quiet(), marked()}) {
    EXPECT_EQ(build.main_module, std::nullopt);
    EXPECT_THAT(names_and_types(build), ElementsAre("_headers text/plain"));
    EXPECT_THAT(names(build), ElementsAre("client/index.html", "client/js/app.js"))
        << "and not the marker";
  }
}

TEST_F(AssetsOfABuild, OutsideItAreReadWhereTheDaemonsOwnConfigurationSaysSo) {
  dir_.write("public/a.txt", "a");
  configure(R"({"main": "src/index.ts", "assets": {"directory": "public"}})");
  EXPECT_EQ(refusal(), "AssetsOutside");
  EXPECT_THAT(said_, HasSubstr("`build.assets`"));
  worker_.build->assets = dir_.at("public");
  const Build before = quiet();
  EXPECT_THAT(names(before), ElementsAre("a.txt"));
  EXPECT_EQ(text_of(before, 0), "a");
  dir_.write("public/a.txt", "b");
  EXPECT_NE(quiet().digest, before.digest) << "a change outside is seen";
}

TEST_F(AssetsOfABuild, OutsideItMustNotBeYoungerThanTheMarker) {
  dir_.write("public/a.txt", "a");
  worker_.build->assets = dir_.at("public");
  EXPECT_THAT(names(marked()), ElementsAre("a.txt"));
  const auto marked_at = fs::last_write_time(dir_.at("dist/.rollout.json"));
  fs::last_write_time(dir_.at("public/a.txt"), marked_at + std::chrono::seconds(1));
  EXPECT_THAT(codes(look()), ElementsAre("AssetsNewer"));
}

TEST_F(AssetsOfABuild, ThatAreNotThereAreToldOf) {
  configure(R"({"main": "src/index.ts", "assets": {"directory": "dist/other"}})");
  EXPECT_EQ(refusal(), "AssetsMissing");
  EXPECT_THAT(said_, HasSubstr("dist/other"));
  configure(R"({"main": "src/index.ts", "assets": {"binding": "ASSETS"}})");
  EXPECT_EQ(refusal(), "AssetsMissing");
  EXPECT_THAT(said_, HasSubstr("`directory`"));
  worker_.build->assets = dir_.at("elsewhere");
  EXPECT_EQ(refusal(), "AssetsMissing");
}

TEST_F(AssetsOfABuild, AreNeitherTooLargeNorTooMany) {
  fs::resize_file(dir_.at("dist/client/index.html"), (25U << 20U) + 1);
  EXPECT_EQ(refusal(), "AssetTooLarge");
  EXPECT_THAT(said_, HasSubstr("index.html"));
  fs::resize_file(dir_.at("dist/client/index.html"), 13);
  worker_.build->most_assets = 1;
  EXPECT_EQ(refusal(), "TooManyAssets");
  EXPECT_THAT(said_, HasSubstr("at most 1"));
}

TEST_F(AssetsOfABuild, DoNotHoldTheWorkerItself) {
  dir_.write("dist/client/_worker.js", "secret");
  EXPECT_EQ(refusal(), "AssetsHoldWorker");
  dir_.write("dist/client/.assetsignore", "_worker.js");
  EXPECT_EQ(refusal(), "none");
  configure(R"({"main": "src/index.ts", "assets": {"directory": "dist"}})");
  EXPECT_EQ(refusal(), "AssetsHoldModules");
}

TEST_F(AssetsOfABuild, AloneRunNoWorkerFirst) {
  dir_.remove("dist/index.js");
  configure(R"({"assets": {"directory": "dist/client", "run_worker_first": true}})");
  EXPECT_EQ(refusal(), "AssetsOnly");
  configure(R"({"assets": {"directory": "dist/client", "binding": "ASSETS"}})");
  EXPECT_EQ(refusal(), "AssetsOnly");
  EXPECT_THAT(said_, HasSubstr("`assets.binding`"));
}

TEST_F(AssetsOfABuild, AreNeverReadThroughALink) {
  EXPECT_EQ(refusal(), "none");
  link_ = dir_.at("dist/client/passwd");
  fs::create_symlink("/etc/passwd", link_);
  clock_.step(std::chrono::hours(1));
  EXPECT_EQ(refusal(), "SymlinkInBuild");
  fs::remove(link_);
  link_ = dir_.at("public");
  fs::create_directory_symlink(dir_.at("dist/client"), link_);
  worker_.build->assets = link_;
  EXPECT_EQ(refusal(), "AssetsMissing");
}

TEST_F(AssetsOfABuild, ThatChangeAfterTheyWereHashedAreNotHandedOut) {
  const Build build = quiet();
  dir_.write("dist/client/index.html", "<h1>SHOP</h1>");
  EXPECT_THAT(text_of(build, 0), HasSubstr("no longer the file that was hashed"));
}

}  // namespace
}  // namespace rollout
