// SPDX-License-Identifier: Apache-2.0
// What a build's wrangler configuration gives its version.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "daemon/codec/settings_json.h"
#include "tests/adapters/disk/build_dir.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using Texts = std::vector<std::string>;

class ProjectOfABuild : public testing::Test {
 protected:
  ProjectOfABuild() { worker_.id = WorkerId("shop"); }

  Sightings look() {
    clock_.wall = dir_.last_change() + std::chrono::hours(1);
    return source_.look(worker_);
  }
  /// The one build that is there.
  Build build() {
    auto seen = look();
    EXPECT_TRUE(seen.rejected.empty()) << seen.rejected.at(0).detail;
    return seen.builds.at(0);
  }
  RejectedBuild rejected() {
    const auto seen = look();
    return seen.rejected.empty() ? RejectedBuild{} : seen.rejected[0];
  }
  static std::string settings(const Build& build) {
    return dump_json(settings_to_json(build.settings));
  }

  BuildDir dir_;
  SteppedClock clock_;
  DiskBuildSource source_{clock_};
  WorkerConfig worker_ = worker_of(dir_.at("dist"));
};

TEST_F(ProjectOfABuild, GivesItsSettingsWithTheirPlaces) {
  dir_.write("wrangler.jsonc", R"({ "name": "shop", "main": "src/index.ts",
    "compatibility_date": "2026-11-01",
    "kv_namespaces": [{"binding": "KV", "id": "0f"}],
    "observability": {"enabled": true} })");
  dir_.write("dist/index.js", "export default {}");
  dir_.mark("dist");
  const Build found = build();
  EXPECT_EQ(settings(found),
            R"({"bindings":[{"name":"KV","namespace_id":"0f","type":"kv_namespace"}],)"
            R"("compatibility_date":"2026-11-01"})");
  EXPECT_THAT(found.sources, ElementsAre(Pair("bindings/KV", dir_.at("wrangler.jsonc:3")),
                                         Pair("compatibility_date", dir_.at("wrangler.jsonc:2"))));
  EXPECT_THAT(found.ignored, ElementsAre("observability"));
}

TEST_F(ProjectOfABuild, YieldsToTheConfiguration) {
  dir_.write("wrangler.toml", R"(compatibility_date = "2026-01-01"
compatibility_flags = ["nodejs_compat"]
limits = { cpu_ms = 10, subrequests = 5 }
[vars]
A = "theirs"
B = "theirs"
)");
  dir_.write("dist/index.js", "export default {}");
  dir_.mark("dist");
  worker_.version =
      *settings_from_json(*parse_json(R"({"compatibility_date":"2026-11-01","limits":{"cpu_ms":50},
      "bindings":[{"name":"A","type":"plain_text","text":"ours"}]})"));
  const Build found = build();
  EXPECT_EQ(
      settings(found),
      R"({"bindings":[{"name":"A","text":"ours","type":"plain_text"},)"
      R"({"name":"B","text":"theirs","type":"plain_text"}],"compatibility_date":"2026-11-01",)"
      R"("compatibility_flags":["nodejs_compat"],"limits":{"cpu_ms":50,"subrequests":5}})");
  EXPECT_EQ(found.sources.at("compatibility_date"), "`workers.version`");
  EXPECT_EQ(found.sources.at("bindings/B"), dir_.at("wrangler.toml:6"));
}

TEST_F(ProjectOfABuild, IsPartOfItsDigest) {
  dir_.write("dist/index.js", "export default {}");
  worker_.build->ready = ReadyQuiet{std::chrono::seconds(5)};
  const auto digest = [this](std::string_view configuration) {
    dir_.write("wrangler.json", configuration);
    return build().digest;
  };
  const auto plain = digest(R"({"name":"shop"})");
  EXPECT_EQ(plain, digest(R"({"name":"shop", "routes": ["example.com/*"]})"));
  EXPECT_NE(plain, digest(R"({"vars":{"A":"x"}})"));
  EXPECT_NE(plain, digest(R"({"migrations":[{"tag":"v1","new_sqlite_classes":["A"]}]})"));
  EXPECT_NE(plain, digest(R"({"secrets":{"required":["KEY"]}})"));
  EXPECT_NE(plain, digest(R"({"keep_vars":true})"));
}

TEST_F(ProjectOfABuild, IsTheChosenEnvironment) {
  dir_.write("wrangler.json", R"({"name": "x", "env": {"live": {"name": "shop",
    "vars": {"STAGE": "live"}}}})");
  dir_.write("dist/index.js", "export default {}");
  dir_.mark("dist");
  EXPECT_EQ(rejected().code, "WrongWorker");
  EXPECT_THAT(rejected().detail, HasSubstr("`build.environment`"));
  worker_.build->environment = "live";
  EXPECT_EQ(build().settings.bindings.at(0).name, "STAGE");
  worker_.build->environment = "dead";
  EXPECT_EQ(rejected().code, "ConfigInvalid");
  EXPECT_THAT(rejected().detail, HasSubstr("`live`"));
}

TEST_F(ProjectOfABuild, MayHaveAnyNameWhereTheWorkerIsGivenByItsId) {
  dir_.write("wrangler.json", R"({"name": "shop"})");
  dir_.write("dist/index.js", "export default {}");
  dir_.mark("dist");
  worker_.id = WorkerId("0123456789abcdef0123456789abcdef");
  EXPECT_EQ(build().main_module, "index.js");
}

TEST_F(ProjectOfABuild, ChangedAfterTheMarkerWaitsForTheNextBuild) {
  dir_.write("dist/index.js", "export default {}");
  dir_.mark("dist");
  dir_.write("wrangler.json", R"({"vars":{"A":"new"}})");
  const auto published = fs::last_write_time(dir_.at("dist/.rollout.json"));
  fs::last_write_time(dir_.at("wrangler.json"), published + std::chrono::seconds(1));
  EXPECT_EQ(rejected().code, "ConfigNewer");
  fs::last_write_time(dir_.at("wrangler.json"), published - std::chrono::seconds(1));
  EXPECT_EQ(build().settings.bindings.size(), 1U);
}

TEST_F(ProjectOfABuild, WithStaticAssetsBesideItIsRefused) {
  dir_.write("wrangler.json", R"({"assets":{"directory":"public"}})");
  dir_.write("dist/index.js", "export default {}");
  dir_.mark("dist");
  EXPECT_EQ(rejected().code, "AssetsOutside");
}

TEST_F(ProjectOfABuild, ThatMakesNoSenseNamesTheLine) {
  dir_.write("wrangler.json", "{\n  \"vars\": [\n}");
  dir_.write("dist/index.js", "export default {}");
  worker_.build->ready = ReadyQuiet{std::chrono::seconds(5)};
  EXPECT_EQ(rejected().code, "ConfigInvalid");
  EXPECT_THAT(rejected().detail, HasSubstr("wrangler.json:3"));
}

TEST_F(ProjectOfABuild, GivesModulesTheTypesOfItsRules) {
  dir_.write("wrangler.json",
             R"({"rules":[{"type":"Text","globs":["**/*.md"],"fallthrough":true}]})");
  dir_.write("dist/index.js", "import './a1-page.md'; import './b2-data.xyz'");
  dir_.write("dist/a1-page.md", "# page");
  dir_.write("dist/b2-data.xyz", "?");
  dir_.mark("dist");
  EXPECT_EQ(names_and_types(build()),
            (Texts{"a1-page.md text/plain", "b2-data.xyz application/octet-stream",
                   "index.js application/javascript+module"}));
}

// As Vite's plugin leaves it: `dist/shop/` holds the Worker and its generated configuration.
TEST_F(ProjectOfABuild, GeneratedInAFolderOfTheBuildNamesItsModulesFromThere) {
  dir_.write(".wrangler/deploy/config.json", R"({"configPath":"../../dist/shop/wrangler.json"})");
  dir_.write("wrangler.jsonc", R"({"name":"shop","main":"src/index.ts"})");
  dir_.write("dist/shop/wrangler.json", R"({"name":"shop","main":"index.js","no_bundle":true,
    "rules":[{"type":"ESModule","globs":["**/*.js","**/*.mjs"]}],"vars":{"A":"generated"}})");
  dir_.write("dist/shop/index.js", "import './assets/part.js'; import './add.wasm'");
  dir_.write("dist/shop/assets/part.js", "export {}");
  dir_.write("dist/shop/add.wasm", std::string_view("\0asm", 4));
  dir_.write("dist/shop/.vite/manifest.json", "{}");
  dir_.write("dist/shop/notes.md", "no rule names it");
  dir_.write("dist/other/lib.js", "no module of it");
  dir_.mark("dist");
  const Build found = build();
  EXPECT_EQ(found.main_module, "index.js");
  EXPECT_EQ(names_and_types(found),
            (Texts{"add.wasm application/wasm", "assets/part.js application/javascript+module",
                   "index.js application/javascript+module"}));
  EXPECT_EQ(content(source_, worker_, found, "assets/part.js"), "export {}");
  EXPECT_EQ(found.sources.at("bindings/A"), dir_.at("dist/shop/wrangler.json:2"));
}

TEST_F(ProjectOfABuild, LeadingNowhereIsAnError) {
  dir_.write(".wrangler/deploy/config.json", R"({"configPath":"../../dist/gone.json"})");
  dir_.write("dist/index.js", "export default {}");
  worker_.build->ready = ReadyQuiet{std::chrono::seconds(5)};
  EXPECT_EQ(rejected().code, "ConfigInvalid");
  EXPECT_THAT(rejected().detail, HasSubstr("gone.json"));
}

}  // namespace
}  // namespace rollout
