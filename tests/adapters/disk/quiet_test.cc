// SPDX-License-Identifier: Apache-2.0
// Builds without a marker: `ready: { quiet }`, and which module is the main one.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/adapters/disk/build_dir.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;
constexpr Millis kQuiet = std::chrono::seconds(5);

class QuietBuilds : public testing::Test {
 protected:
  WorkerConfig worker(Layout layout = Layout::in_place) const {
    return worker_of(dir_.at("dist"), layout, ReadyQuiet{kQuiet});
  }
  /// A look when nothing has changed for `age`.
  Sightings look(const WorkerConfig& of, Millis age = kQuiet) {
    clock_.wall = dir_.last_change() + age;
    return source_.look(of);
  }
  std::string main_of(const WorkerConfig& of) {
    const auto seen = look(of);
    if (!seen.rejected.empty()) return seen.rejected[0].code + ": " + seen.rejected[0].detail;
    return seen.builds.at(0).main_module.value_or("none");
  }

  static Texts names(const Build& build) {
    Texts found;
    for (const Module& module : build.modules) found.push_back(module.name);
    return found;
  }

  BuildDir dir_;
  SteppedClock clock_;
  DiskBuildSource source_{clock_};
};

TEST_F(QuietBuilds, AreTakenWhenNothingIsYoungerThanTheWindow) {
  dir_.write("dist/index.js", "export default {}");
  const auto fresh = look(worker(), std::chrono::seconds(2));
  EXPECT_TRUE(fresh.builds.empty() && fresh.rejected.empty());
  EXPECT_EQ(fresh.look_again, clock_.tick() + std::chrono::seconds(3));
  const auto settled = look(worker());
  ASSERT_EQ(settled.builds.size(), 1U);
  EXPECT_EQ(settled.builds[0].confidence, Confidence::unconfirmed);
  EXPECT_EQ(settled.builds[0].finished_at, dir_.last_change());
  EXPECT_FALSE(settled.look_again);
}

TEST_F(QuietBuilds, OfTheFutureAreWaitedForNoLongerThanTheWindow) {
  dir_.write("dist/index.js", "export default {}");
  const auto seen = look(worker(), -std::chrono::hours(1));
  EXPECT_TRUE(seen.builds.empty());
  EXPECT_EQ(seen.look_again, clock_.tick() + kQuiet);
}

TEST_F(QuietBuilds, AreConfirmedByAMarkerThatHolds) {
  dir_.write("dist/index.js", "export default {}");
  dir_.mark("dist");
  const auto at_once = look(worker(), Millis(0));
  ASSERT_EQ(at_once.builds.size(), 1U);
  EXPECT_EQ(at_once.builds[0].confidence, Confidence::confirmed);
  dir_.write("dist/index.js", "rebuilt without a marker");
  EXPECT_TRUE(look(worker(), Millis(0)).builds.empty());
  EXPECT_EQ(look(worker()).builds.at(0).confidence, Confidence::unconfirmed);
}

TEST_F(QuietBuilds, AreIncompleteWhenAnImportLeadsNowhere) {
  dir_.write("dist/index.js", "import a from './lib/a.mjs';\nexport default a");
  EXPECT_EQ(codes(look(worker())), Texts{"IncompleteBuild"});
  dir_.write("dist/lib/a.mjs", "export * from '../b.js'");
  EXPECT_EQ(codes(look(worker())), Texts{"IncompleteBuild"});
  auto named = worker();
  named.build->main = "index.js";
  dir_.write("dist/b.js", "export default 1");
  EXPECT_EQ(look(named).builds.size(), 1U);
}

TEST_F(QuietBuilds, AreTheModulesThatTheMainModuleImports) {
  dir_.write("dist/index.js", "import './lib/a.js'; const name = './b.txt'");
  dir_.write("dist/lib/a.js", "import w from '../x.wasm'; import './a.js'");
  dir_.write("dist/b.txt", "named in a text: it counts");
  dir_.write("dist/x.wasm", std::string_view("\0asm\1", 5));
  dir_.write("dist/_headers", "");
  dir_.write("dist/old-1.wasm", std::string_view("\0asm\1", 5));
  dir_.write("dist/lib/old.js", "import './gone.js'");
  dir_.write("dist/lib/old.js.map", "{}");
  dir_.write("dist/.env", "");
  const auto found = look(worker());
  ASSERT_EQ(found.builds.size(), 1U) << testing::PrintToString(codes(found));
  const Build& build = found.builds[0];
  EXPECT_EQ(names(build), (Texts{"_headers", "b.txt", "index.js", "lib/a.js", "x.wasm"}));
  EXPECT_EQ(build.left_out, (std::vector<LeftOut>{{".env", "hidden"},
                                                  {"lib/old.js", "no module imports it"},
                                                  {"lib/old.js.map", "a source map"},
                                                  {"old-1.wasm", "no module imports it"}}));
}

TEST_F(QuietBuilds, AreAllModulesWhereAnImportIsComputed) {
  dir_.write("dist/index.js", "import './lib/a.js'");
  dir_.write("dist/lib/a.js", "export const f = (name) => import(`../${name}.js`)");
  dir_.write("dist/lib/b.js", "export default 1");
  EXPECT_EQ(names(look(worker()).builds.at(0)), (Texts{"index.js", "lib/a.js", "lib/b.js"}));
}

TEST_F(QuietBuilds, OfPythonAreAllModules) {
  dir_.write("dist/entry.py", "from lib import util");
  dir_.write("dist/lib/util.py", "");
  dir_.write("dist/requirements.txt", "fastapi");
  const Texts all = {"entry.py", "lib/util.py", "requirements.txt"};
  EXPECT_EQ(names(look(worker()).builds.at(0)), all);
  dir_.mark("dist");
  EXPECT_EQ(names(look(worker()).builds.at(0)), all);
}

TEST_F(QuietBuilds, DoNotFailForWhatIsLeftOut) {
  dir_.write("dist/index.js", "export default {}");
  dir_.write("dist/lib/old.js", "// caf\xE9");
  dir_.write("dist/old.wasm", "no wasm");
  EXPECT_EQ(names(look(worker()).builds.at(0)), Texts{"index.js"});
}

TEST_F(QuietBuilds, AreIncompleteWhereAModuleIsNotWhole) {
  dir_.write("dist/index.js", "export default { fetch() { return new Response(`");
  EXPECT_EQ(codes(look(worker())), Texts{"IncompleteBuild"});
  dir_.write("dist/index.js", "import './x.wasm'; import './page.html'");
  dir_.write("dist/x.wasm", "<!doctype html>");
  dir_.write("dist/page.html", "caf\xC3\xA9");
  EXPECT_EQ(codes(look(worker())), Texts{"NotWasm"});
  dir_.write("dist/x.wasm", std::string_view("\0asm\1", 5));
  EXPECT_EQ(codes(look(worker())), Texts{});
  dir_.write("dist/page.html", "caf\xE9");
  EXPECT_EQ(codes(look(worker())), Texts{"NotUtf8"});
}

TEST_F(QuietBuilds, HaveTheOnlyCandidateAsMainModule) {
  dir_.write("dist/worker.mjs", "export default {}");
  dir_.write("dist/lib/other.js", "export default {}");
  dir_.write("dist/text.txt", "");
  EXPECT_EQ(main_of(worker()), "worker.mjs");
}

TEST_F(QuietBuilds, AreRejectedWithTheListOfCandidates) {
  dir_.write("dist/index.js", "");
  dir_.write("dist/worker.js", "");
  EXPECT_EQ(main_of(worker()).find("TwoMains: "), 0U);
  EXPECT_NE(main_of(worker()).find("`index.js`, `worker.js`"), std::string::npos);
  auto named = worker();
  named.build->main = "worker.js";
  EXPECT_EQ(main_of(named), "worker.js");
  named.build->main = "gone.js";
  EXPECT_EQ(main_of(named).find("NoMainModule: "), 0U);
}

TEST_F(QuietBuilds, AreAskedForAMainModuleWhereThereIsNone) {
  dir_.write("dist/page.html", "");
  EXPECT_EQ(main_of(worker()).find("NoMainModule: "), 0U);
}

TEST_F(QuietBuilds, FollowWranglersConfigurationInOrBesideThem) {
  dir_.write("dist/index.js", "");
  dir_.write("dist/other.js", "");
  dir_.write("wrangler.jsonc", R"({ // beside
    "main": "src/index.ts", })");
  EXPECT_EQ(main_of(worker()), "index.js");
  dir_.write("wrangler.jsonc", R"({"main": "src/other.ts"})");
  EXPECT_EQ(main_of(worker()), "other.js") << "a change beside the build is seen";
  dir_.write("dist/wrangler.json", R"({"main": "./index.js"})");
  EXPECT_EQ(main_of(worker()), "index.js") << "the nearer one counts";
  dir_.write("dist/wrangler.json", R"({"main": 5})");
  EXPECT_EQ(main_of(worker()).find("ConfigInvalid: "), 0U);
  auto named = worker();
  named.build->config = dir_.at("wrangler.jsonc");
  EXPECT_EQ(main_of(named), "other.js");
  named.build->config = dir_.at("gone.json");
  EXPECT_EQ(main_of(named).find("ConfigInvalid: "), 0U);
  dir_.write("wrangler.toml", "main = \"src/other.ts\"\n");
  named.build->config = "../wrangler.toml";
  EXPECT_EQ(main_of(named), "other.js");
}

TEST_F(QuietBuilds, CarryFactsFromAroundThem) {
  fs::create_directory(dir_.at(".git"));
  dir_.write("package.json", R"({"name": "shop", "version": "1.10.0"})");
  dir_.write("dist/package.json", R"({"type": "module"})");
  dir_.write("dist/index.js", "");
  dir_.write("dist/build-info.json",
             R"({"ci": {"run": 7, "ok": true, "none": null}, "by": ["x"]})");
  const auto facts = look(worker()).builds.at(0).facts;
  EXPECT_EQ(facts.at("package.version").value, "1.10.0");
  EXPECT_EQ(facts.at("package.version").where, dir_.at("package.json"));
  EXPECT_EQ(facts.at("info.ci.run").value, "7");
  EXPECT_EQ(facts.at("info.ci.ok").value, "true");
  EXPECT_EQ(facts.at("info.by.0").value, "x");
  EXPECT_FALSE(facts.contains("info.ci.none"));
  dir_.write("dist/build-info.json", R"({"a": 1, "a": 2})");
  EXPECT_EQ(codes(look(worker())), Texts{"FactsInvalid"});
}

}  // namespace
}  // namespace rollout
