// SPDX-License-Identifier: Apache-2.0
// The commands that need neither a daemon nor Cloudflare, and those that find no daemon.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "daemon/app/program.h"
#include "daemon/core/model/exit_codes.h"
#include "tests/app/support.h"

namespace rollout {
namespace {

class Offline : public Shop {};

TEST_F(Offline, VersionSaysWhatThisIs) {
  EXPECT_EQ(run_ctl({"version"}).out, "rolloutctl " + std::string(program_version()) + "\n");
  EXPECT_EQ(ctl_json({"version"})["version"], program_version());
}

TEST_F(Offline, AGoodConfigurationIsOk) {
  const Ran ran = ctl({"config", "check"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_TRUE(ran.out.contains("ok")) << ran.out;
}

TEST_F(Offline, EveryErrorOfTheConfigurationIsToldAtOnce) {
  write_config("enforce", "    retentoin: small\n    intervall: 5min\n");
  const Ran ran = ctl({"config", "check"});
  EXPECT_EQ(ran.exit, kExitConfig);
  EXPECT_TRUE(ran.err.contains("rolloutd.yaml:18:5: ")) << ran.err;
  EXPECT_TRUE(ran.err.contains("retentoin") && ran.err.contains("intervall")) << ran.err;
  EXPECT_TRUE(ran.err.contains("^^^")) << ran.err;
  const Json json = ctl_json({"config", "check"});
  ASSERT_EQ(json["errors"].size(), 2U);
  EXPECT_EQ(json["errors"][0]["line"], 18);
}

TEST_F(Offline, ABrokenConfigurationExits78Everywhere) {
  write_config("sideways");
  EXPECT_EQ(ctl({"versions", "list"}).exit, kExitConfig);
  EXPECT_EQ(ctl({"plan", "--local"}).exit, kExitConfig);
  EXPECT_EQ(ctl({"config", "show"}).exit, kExitConfig);
}

TEST_F(Offline, PoliciesCanBeCheckedOnTheirOwn) {
  EXPECT_EQ(ctl({"config", "check", folder_.path("policies/small.yaml"),
                 folder_.path("policies/digest.yaml")})
                .exit,
            kExitOk);
  folder_.write("bad.yaml", "retention: bad\nkeep: { last: 0 }\n");
  EXPECT_EQ(ctl({"config", "check", folder_.path("bad.yaml")}).exit, kExitConfig);
}

TEST_F(Offline, ABuildThatNoPolicyTagsIsWarnedOf) {
  write_config("enforce", "  - { name: second, account: main, build: { path: /srv/second } }\n");
  const Ran ran = ctl({"config", "check"});
  EXPECT_EQ(ran.exit, kExitOk);
  EXPECT_TRUE(
      ran.err.contains("worker second: `build` is watched, but without `tagging` no version "
                       "is made of it"))
      << ran.err;
}

TEST_F(Offline, AConfigurationIsKnownByItsKeysAndCheckedAsAWhole) {
  const Ran ran = run_ctl({"config", "check", config_path(), folder_.path("policies/small.yaml")});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_TRUE(ran.out.contains("ok, 1 account, 1 worker, mode enforce")) << ran.out;
  write_config("sideways");
  EXPECT_EQ(run_ctl({"config", "check", config_path()}).exit, kExitConfig);
}

TEST_F(Offline, AWarningIsToldAndFatalWhereThatIsWanted) {
  using std::filesystem::perms;
  std::filesystem::permissions(folder_.path("token"), perms::owner_read | perms::owner_write);
  EXPECT_EQ(ctl({"config", "check", "--lint-fatal"}).exit, kExitOk);
  std::filesystem::permissions(folder_.path("token"), perms::owner_read | perms::others_read);
  const Ran ran = ctl({"config", "check"});
  EXPECT_EQ(ran.exit, kExitOk);
  EXPECT_TRUE(ran.err.contains("warning: accounts.main.token: ")) << ran.err;
  EXPECT_EQ(ctl({"config", "check", "--lint-fatal"}).exit, kExitLintWarnings);
  EXPECT_EQ(ctl_json({"config", "check"})["warnings"][0]["code"], "TokenFileTooWide");
}

TEST_F(Offline, TheSchemaOfEachDocumentIsPrinted) {
  const auto title = [](const std::vector<std::string>& words) {
    const Ran ran = run_ctl(words);
    EXPECT_EQ(ran.exit, kExitOk);
    const auto json = parse_json(ran.out);
    EXPECT_TRUE(json) << ran.out;
    return json ? json->dump() : std::string();
  };
  EXPECT_TRUE(title({"config", "schema"}).contains("accounts"));
  EXPECT_TRUE(title({"config", "schema", "--for", "retention"}).contains("protect"));
  EXPECT_TRUE(title({"config", "schema", "--for", "tagging"}).contains("rules"));
  EXPECT_EQ(run_ctl({"config", "schema", "--for", "nothing"}).exit, kExitUsage);
}

TEST_F(Offline, ShowNamesTheSourceOfEveryValue) {
  const Ran ran = ctl({"config", "show", "--worker", "shop"});
  ASSERT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_TRUE(ran.out.contains("workers.shop.retention")) << ran.out;
  EXPECT_TRUE(ran.out.contains("rolloutd.yaml:")) << ran.out;
  EXPECT_TRUE(ran.out.contains("default")) << ran.out;
  EXPECT_FALSE(ran.out.contains("accounts.")) << ran.out;
}

TEST_F(Offline, AnUnknownWorkerIsNamedWithTheKnownOnes) {
  const Ran ran = ctl({"config", "show", "--worker", "nope"});
  EXPECT_EQ(ran.exit, kExitUsage);
  EXPECT_TRUE(ran.err.contains("no Worker `nope` is configured; there are: shop")) << ran.err;
}

TEST_F(Offline, ATokenThatCannotBeReadIsAFaultOfTheConfiguration) {
  std::filesystem::remove(folder_.path("token"));
  EXPECT_EQ(ctl({"versions", "list"}).exit, kExitConfig);
  EXPECT_EQ(ctl({"plan", "--local"}).exit, kExitConfig);
}

TEST_F(Offline, MarkWritesTheMarker) {
  const Ran ran = ctl({"mark", folder_.path("dist")});
  ASSERT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_TRUE(ran.out.contains("1 module")) << ran.out;
  EXPECT_EQ(std::ranges::count(ran.out, '\n'), 1)
      << "nothing is left out, and nothing is said of it";
  EXPECT_TRUE(std::filesystem::exists(folder_.path("dist/.rollout.json")));
  EXPECT_EQ(ctl({"mark", folder_.path("nowhere")}).exit, kExitFailed);
}

TEST_F(Offline, ATagCanBeSeenBeforeItIsUsed) {
  const Json json =
      ctl_json({"policy", "tag", folder_.path("policies/digest.yaml"), folder_.path("dist")});
  EXPECT_EQ(json["tag"], json["digest"].get<std::string>().substr(0, 12));
  const auto message = json["message"].get<std::string>();
  EXPECT_TRUE(message.starts_with("1 files\nrolloutd: build=sha256:"));
  EXPECT_EQ(json["budgets"]["tag"], (Json{{"bytes", 12}, {"limit", 100}}));
  EXPECT_EQ(json["budgets"]["message"],
            (Json{{"bytes", message.size()}, {"limit", 1000}, {"trailer", message.size() - 7}}));
  EXPECT_EQ(json["facts"]["build.files"],
            (Json{{"value", "1"}, {"where", "the build"}, {"used", {"message"}}}));
  EXPECT_EQ(json["facts"]["build.name"], (Json{{"value", "dist"}, {"where", "the build"}}));
}

TEST_F(Offline, ABuildCanBeInspectedBeforeItIsUsed) {
  folder_.write("dist/index.js", "import data from './data.bin'; export default data");
  folder_.write("dist/data.bin", "12345");
  folder_.write("dist/old.bin", "1234");
  folder_.write("wrangler.jsonc", R"({"name":"shop","compatibility_date":"2026-11-01",
    "vars":{"MODE":"live"},"routes":["example.com/*"],"secrets":{"required":["KEY"]}})");
  const Json json = ctl_json({"build", "inspect", folder_.path("dist")});
  EXPECT_EQ(json["main_module"], "index.js");
  EXPECT_EQ(json["modules"][0]["name"], "data.bin");
  EXPECT_EQ(json["modules"][0]["size"], 5);
  EXPECT_EQ((Json{{"setting", "compatibility_date"},
                  {"value", "2026-11-01"},
                  {"from", folder_.path("wrangler.jsonc:1")}}),
            json["settings"][0]);
  EXPECT_EQ((Json{{{"file", "old.bin"}, {"because", "no module imports it"}}}), json["left_out"]);
  EXPECT_EQ(json["settings"][1]["from"], folder_.path("wrangler.jsonc:2"));
  EXPECT_EQ(Json{"routes"}, json["ignored"]);
  EXPECT_EQ(Json{"KEY"}, json["heritage"]["required_secrets"]);
  EXPECT_EQ(json["digest"], ctl_json({"policy", "tag", folder_.path("policies/digest.yaml"),
                                      folder_.path("dist")})["digest"]);
  EXPECT_EQ(Json(nullptr), json["annotations"]);
  const Ran ran = ctl({"build", "inspect", folder_.path("dist"), "--worker", "shop"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_TRUE(ran.out.contains("index.js (main)")) << ran.out;
  EXPECT_TRUE(ran.out.contains("tag      ")) << ran.out;
  EXPECT_TRUE(ran.out.contains("ignored: routes")) << ran.out;
  EXPECT_TRUE(ran.out.contains("old.bin   no module imports it")) << ran.out;
}

TEST_F(Offline, ATagTellsWhereEachFactComesFrom) {
  folder_.write("dist/build-info.json", R"({"ci":{"run":71}})");
  folder_.write("dist/package.json", R"({"name":"shop","version":"1.9.0"})");
  folder_.write("run.yaml",
                "tagging: run\nrules:\n  - when: { info.ci.run: \"7*\" }\n"
                "    tag: \"v{package.version}\"\n"
                "    message: \"{git.tag|default:\\\"untagged\\\"}\"\n");
  const Json json = ctl_json({"policy", "tag", folder_.path("run.yaml"), folder_.path("dist")});
  EXPECT_EQ(json["rule"], 1);
  EXPECT_EQ(
      json["facts"]["info.ci.run"],
      (Json{{"value", "71"}, {"where", folder_.path("dist/build-info.json")}, {"used", {"when"}}}));
  EXPECT_EQ(json["facts"]["package.version"]["where"], folder_.path("dist/package.json"));
  EXPECT_EQ(json["facts"]["git.tag"],
            (Json{{"looked_for", "the build's marker, then the repository that holds the build"},
                  {"used", {"message"}}}));
  const Ran ran = ctl({"policy", "tag", folder_.path("run.yaml"), folder_.path("dist")});
  EXPECT_TRUE(ran.out.contains("tag      v1.9.0\n         6 of 100 bytes\n")) << ran.out;
  EXPECT_TRUE(ran.out.contains("git.tag          (missing)")) << ran.out;
}

TEST_F(Offline, ABuildThatIsRefusedShowsTheFactsItHas) {
  folder_.write("host.yaml", "tagging: host\nrules:\n  - tag: \"{worker.name}\"\n");
  const Ran ran = ctl({"policy", "tag", folder_.path("host.yaml"), folder_.path("dist")});
  EXPECT_EQ(ran.exit, kExitFailed);
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(ran.err.contains("\nbuild.name    dist")) << ran.err;
  EXPECT_TRUE(ran.err.contains("the fact worker.name of the build")) << ran.err;
  EXPECT_EQ(
      ctl({"policy", "tag", folder_.path("host.yaml"), folder_.path("dist"), "--worker", "shop"})
          .exit,
      kExitOk);
}

constexpr const char* kTested = R"(retention: tested
keep: { last: 1 }
tests:
  - name: the newest stays
    now: 2026-03-10T12:00:00Z
    versions: [{ number: 1, created_on: 2026-03-09T12:00:00Z }]
    keep: [1]
  - name: a tag <saves> a version
    now: 2026-03-10T12:00:00Z
    versions:
      - { number: 1, created_on: 2026-03-01T12:00:00Z, tag: "v1" }
      - { number: 2, created_on: 2026-03-09T12:00:00Z }
    keep: [1]
)";

TEST_F(Offline, ThePolicysOwnTestsAreRun) {
  folder_.write("tested.yaml", kTested);
  const std::string file = folder_.path("tested.yaml");
  const Ran all = ctl({"policy", "test", file, ROLLOUT_SOURCE_DIR "/policies/release.yaml",
                       "--junit", folder_.path("results.xml")});
  EXPECT_EQ(all.exit, kExitFailed);
  EXPECT_TRUE(all.out.contains(file + ": 1 of 2 tests pass\n  pass  the newest stays\n"
                                      "  FAIL  a tag <saves> a version\n"
                                      "        version 1 is deleted, not kept: nothing keeps it in "
                                      "all\n"))
      << all.out;
  EXPECT_TRUE(all.out.contains("release.yaml: 5 of 5 tests pass\n")) << all.out;
  std::ifstream results(folder_.path("results.xml"));
  const std::string xml{std::istreambuf_iterator<char>(results), {}};
  EXPECT_TRUE(xml.contains("tests=\"2\" failures=\"1\">")) << xml;
  EXPECT_TRUE(
      xml.contains("name=\"a tag &lt;saves&gt; a version\">\n      <failure message=\"version "
                   "1 is deleted"))
      << xml;
  const Ran some = ctl({"policy", "test", file, "--run", "newest|nothing"});
  EXPECT_EQ(some.exit, kExitOk);
  EXPECT_TRUE(some.out.contains("1 of 1 tests pass")) << some.out;
  const Ran wrong = ctl({"policy", "test", file, "--run", "("});
  EXPECT_EQ(wrong.exit, kExitUsage);
  EXPECT_TRUE(wrong.err.contains("--run: \"re:(\" is no regular expression")) << wrong.err;
}

TEST_F(Offline, TestsOfAPolicyThatIsNoneAreNotRun) {
  folder_.write("broken.yaml", "retention: broken\nkeep: { dayly: 7 }\n");
  const Ran ran =
      ctl({"policy", "test", folder_.path("broken.yaml"), "--junit", folder_.path("results.xml")});
  EXPECT_EQ(ran.exit, kExitConfig);
  std::ifstream results(folder_.path("results.xml"));
  const std::string xml{std::istreambuf_iterator<char>(results), {}};
  EXPECT_TRUE(xml.contains("errors=\"1\"")) << "nor do they look as if there were none: " << xml;
  EXPECT_TRUE(xml.contains("<error message=\"2:9: unknown key &quot;dayly&quot;")) << xml;
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(ran.err.contains("did you mean \"daily\"?")) << ran.err;
}

TEST_F(Offline, ARecordedListThatIsNoneIsRefused) {
  folder_.write("list.json", R"({"result":[{"id":"x"}]})");
  const Ran ran = ctl({"policy", "preview", folder_.path("policies/small.yaml"), "--versions",
                       folder_.path("list.json")});
  EXPECT_EQ(ran.exit, kExitFailed);
  EXPECT_TRUE(ran.err.contains("version 1 of `result`")) << ran.err;
}

TEST_F(Offline, WithoutADaemonItsCommandsExit69) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"status"},
                                                {"plan"},
                                                {"reload"},
                                                {"reconcile"},
                                                {"explain", "v1"},
                                                {"pin", "v1", "--reason", "r"},
                                                {"unpin", "v1"},
                                                {"resume", "shop"},
                                                {"apply", "p-7f3a90c1", "--yes"}}) {
    const Ran ran = ctl(words);
    EXPECT_EQ(ran.exit, kExitUnreachable) << words.front() << ran.err;
    EXPECT_NE(ran.err, "");
  }
}

/// With no daemon to ask, a command that asked one would exit 69.
TEST_F(Offline, ADryRunSaysWhatWouldBeAskedAndAsksNothing) {
  const auto says = [this](std::vector<std::string> words, const std::string& sentence) {
    words.emplace_back("--dry-run");
    const Ran ran = ctl(std::move(words));
    EXPECT_EQ(ran.exit, kExitOk) << ran.err;
    EXPECT_EQ(ran.out, sentence + "\n");
    EXPECT_TRUE(ran.err.contains("dry run")) << ran.err;
  };
  says({"pin", "v1", "--worker", "shop", "--reason", "audit", "--until", "2099-01-01T00:00:00Z"},
       "would pin v1 of shop, reason \"audit\", until 2099-01-01T00:00:00Z");
  says({"unpin", "v1"}, "would unpin v1");
  says({"suspend", "shop", "--reason", "r"}, "would suspend shop, reason \"r\"");
  says({"resume", "shop"}, "would resume shop");
  says({"reconcile"}, "would look at all Workers");
  says({"reconcile", "shop", "--wait"}, "would look at shop");
  says({"reload"}, config_path() + ": ok");
  const Json json = ctl_json({"unpin", "v1", "--dry-run"});
  EXPECT_EQ(json["dry_run"], true);
  EXPECT_EQ(json["request"]["op"], "unpin");
}

TEST_F(Offline, ADryReloadFindsABrokenConfiguration) {
  write_config("sideways");
  EXPECT_EQ(ctl({"reload", "--dry-run"}).exit, kExitConfig);
}

TEST_F(Offline, ADryMarkWritesNoMarker) {
  const Ran ran = ctl({"mark", folder_.path("dist"), "--dry-run"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_TRUE(ran.out.contains("1 module")) << ran.out;
  EXPECT_FALSE(std::filesystem::exists(folder_.path("dist/.rollout.json")));
}

class LocalPlan : public Shop {
 protected:
  LocalPlan() { server_.seed(kThreeVersions); }
};

TEST_F(LocalPlan, ShowsWhatWouldBeWrittenAndWritesNothing) {
  ASSERT_EQ(ctl({"mark", folder_.path("dist")}).exit, kExitOk);
  const Ran ran = ctl({"plan", "--local", "--detailed-exitcode"});
  EXPECT_EQ(ran.exit, kExitChangesPending) << ran.err;
  EXPECT_TRUE(ran.out.contains("+ create")) << ran.out;
  EXPECT_TRUE(ran.err.contains("0 writes were sent")) << ran.err;
  std::size_t listings = 0;
  for (const Json& request : server_.requests())
    if (request["path"].get<std::string>().ends_with("/versions")) ++listings;
  EXPECT_EQ(listings, 1U);
  EXPECT_EQ(server_.count_requests("POST"), 0U);
  EXPECT_EQ(server_.count_requests("DELETE"), 0U);
}

TEST_F(LocalPlan, TakesTheDateOfAnOldVersionForItsFirstSight) {
  const Json plan = ctl_json({"plan", "--local"})["plans"][0];
  ASSERT_EQ(plan["ready"].size(), 1U) << plan.dump();
  EXPECT_EQ(plan["ready"][0]["number"], 1);
  EXPECT_EQ(ctl({"plan", "--local", "--detailed-exitcode"}).exit, kExitChangesPending);
}

TEST_F(LocalPlan, HasTheDigestThatPolicyTagSays) {
  const auto digest = [this](const std::string& worker) -> std::string {
    std::vector<std::string> words = {"policy", "tag", folder_.path("policies/digest.yaml"),
                                      folder_.path("dist")};
    if (!worker.empty()) words.insert(words.end(), {"--worker", worker});
    return ctl_json(std::move(words))["digest"];
  };
  write_config("enforce", "    version: { compatibility_date: 2026-01-01 }\n");
  ASSERT_EQ(ctl({"mark", folder_.path("dist")}).exit, kExitOk);
  const Json plan = ctl_json({"plan", "--local"})["plans"][0];
  ASSERT_EQ(plan["actions"][0]["action"], "create") << plan.dump();
  EXPECT_EQ(plan["actions"][0]["digest"], digest("shop"));
  EXPECT_NE(digest("shop"), digest(""));
}

TEST_F(LocalPlan, WithoutChangesExits0) {
  folder_.write("policies/small.yaml", "retention: small\nkeep: { last: 3 }\nscope: all\n");
  EXPECT_EQ(ctl({"plan", "--local", "--detailed-exitcode", "shop"}).exit, kExitOk);
  EXPECT_EQ(ctl({"plan", "--local", "nobody"}).exit, kExitUsage);
}

}  // namespace
}  // namespace rollout
