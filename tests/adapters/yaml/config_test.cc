// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "daemon/adapters/yaml/mistakes.h"
#include "tests/adapters/yaml/support.h"

namespace rollout {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kAccounts = R"(version: 1
accounts:
  main:
    account_id: 0123456789abcdef0123456789abcdef
    token: { credential: cloudflare-token }
)";

constexpr const char* kFull = R"(version: 1
mode: enforce
service: { state_dir: /tmp/s, socket: /tmp/c.sock, listen: "", history: 50 }
accounts:
  main:
    account_id: 0123456789abcdef0123456789abcdef
    token: { credential: cloudflare-token }
  lab:
    account_id: ffffffffffffffffffffffffffffffff
    token: { file: /etc/token }
    api: http://127.0.0.1:8787/client/v4
    budget: { rate: 30/min, burst: 5 }
    timing: { t_max: 1s, list_lag: 2s, rescan: 3s, relist: 4s }
defaults: { interval: 10min, timeout: 20s }
workers:
  - name: shop-api
    account: main
    build:
      path: /srv/builds/shop-api/dist
      layout: per-build
      ready: { quiet: 5s }
      main: src/index.js
      config: wrangler.jsonc
    version:
      compatibility_date: 2026-11-01
      compatibility_flags: [nodejs_compat]
      limits: { cpu_ms: 50 }
      assets: { config: { html_handling: none, run_worker_first: ["/api/*"] } }
      placement: { mode: smart }
      bindings:
        - { name: KV, type: kv_namespace, namespace_id: "0f2ac74b498b48028cb68387c421e279" }
        - { name: DEBUG, type: json, json: { on: true, level: 2 } }
    tagging: release
    retention: standard
    deploy: immediate
    duplicates: remove
    interval: 1h30min
  - name: blog
    account: lab
)";

constexpr const char* kRetention = "retention: standard\nkeep: { last: 20 }\n";
constexpr const char* kTagging = "tagging: release\nrules:\n  - tag: \"v{package.version}\"\n";

TEST(Configuration, ReadsEveryKey) {
  ConfigDirectory directory;
  directory.with("rolloutd.yaml", kFull)
      .with("policies/standard.yaml", kRetention)
      .with("policies/release.yaml", kTagging);
  const auto config = directory.load();
  ASSERT_TRUE(config) << directory.errors();
  EXPECT_EQ(config->generation, 0U);
  EXPECT_EQ(config->mode, Mode::enforce);
  EXPECT_EQ(config->service.state_dir, "/tmp/s");
  EXPECT_EQ(config->service.socket, "/tmp/c.sock");
  EXPECT_EQ(config->service.listen, "");
  EXPECT_EQ(config->service.history, 50U);

  ASSERT_EQ(config->accounts.size(), 2U);
  const AccountConfig& lab = config->accounts[0];
  EXPECT_EQ(lab.name, AccountName("lab"));
  EXPECT_EQ(std::get<TokenFile>(lab.token).path, "/etc/token");
  EXPECT_EQ(lab.api, "http://127.0.0.1:8787/client/v4");
  EXPECT_DOUBLE_EQ(lab.budget.rate, 0.5);
  EXPECT_EQ(lab.budget.burst, 5U);
  EXPECT_EQ(lab.timing.t_max, seconds(1));
  EXPECT_EQ(lab.timing.list_lag, seconds(2));
  EXPECT_EQ(lab.timing.rescan, seconds(3));
  EXPECT_EQ(lab.timing.relist, seconds(4));
  EXPECT_EQ(std::get<Credential>(config->accounts[1].token).name, "cloudflare-token");

  ASSERT_EQ(config->workers.size(), 2U);
  const WorkerConfig& shop = config->workers[1];
  EXPECT_EQ(shop.id, WorkerId("shop-api"));
  EXPECT_EQ(shop.build->path, "/srv/builds/shop-api/dist");
  EXPECT_EQ(shop.build->layout, Layout::per_build);
  EXPECT_EQ(std::get<ReadyQuiet>(shop.build->ready).quiet, seconds(5));
  EXPECT_EQ(shop.build->main, "src/index.js");
  EXPECT_EQ(shop.build->config, "wrangler.jsonc");
  EXPECT_EQ(shop.deploy, DeployMode::immediate);
  EXPECT_EQ(shop.duplicates, Duplicates::remove);
  EXPECT_EQ(shop.interval, minutes(90));
  EXPECT_EQ(shop.timeout, seconds(20)) << "from defaults";
  EXPECT_EQ(shop.tagging->name, PolicyName("release"));
  EXPECT_EQ(shop.retention->name, PolicyName("standard"));
}

TEST(Configuration, ReadsTheSettingsOfAVersion) {
  ConfigDirectory directory;
  directory.with("rolloutd.yaml", kFull)
      .with("policies/standard.yaml", kRetention)
      .with("policies/release.yaml", kTagging);
  const auto config = directory.load();
  ASSERT_TRUE(config) << directory.errors();
  const VersionSettings& settings = config->workers.at(1).version;
  EXPECT_EQ(settings.compatibility_date, "2026-11-01");
  EXPECT_EQ(settings.compatibility_flags, std::vector<std::string>{"nodejs_compat"});
  EXPECT_EQ(settings.limits->cpu_ms, 50);
  EXPECT_EQ(settings.placement->text, R"({"mode":"smart"})");
  EXPECT_EQ(std::get<std::vector<std::string>>(*settings.assets->run_worker_first),
            std::vector<std::string>{"/api/*"});
  ASSERT_EQ(settings.bindings.size(), 2U);
  EXPECT_EQ(settings.bindings[0].json.text,
            R"({"json":{"level":2,"on":true},"name":"DEBUG","type":"json"})");
  EXPECT_EQ(settings.bindings[1].name, "KV");
}

TEST(Configuration, HasTheDefaultsOfCore) {
  ConfigDirectory directory;
  directory.with("rolloutd.yaml", std::string(kAccounts) + R"(workers:
  - { name: shop-api, account: main, build: { path: /srv/dist } }
)");
  const auto config = directory.load();
  ASSERT_TRUE(config) << directory.errors();
  const Config core;
  EXPECT_EQ(config->mode, core.mode);
  EXPECT_EQ(config->service.state_dir, core.service.state_dir);
  EXPECT_EQ(config->service.socket, core.service.socket);
  EXPECT_EQ(config->service.listen, core.service.listen);
  EXPECT_EQ(config->service.history, core.service.history);
  const AccountConfig account{};
  EXPECT_EQ(config->accounts[0].api, account.api);
  EXPECT_DOUBLE_EQ(config->accounts[0].budget.rate, account.budget.rate);
  EXPECT_EQ(config->accounts[0].budget.burst, account.budget.burst);
  EXPECT_EQ(config->accounts[0].timing.t_max, account.timing.t_max);
  EXPECT_EQ(config->accounts[0].timing.list_lag, account.timing.list_lag);
  EXPECT_EQ(config->accounts[0].timing.rescan, account.timing.rescan);
  EXPECT_EQ(config->accounts[0].timing.relist, account.timing.relist);
  const WorkerConfig worker{};
  const BuildConfig build{};
  EXPECT_EQ(config->workers[0].build->layout, build.layout);
  EXPECT_EQ(config->workers[0].build->ready.index(), build.ready.index());
  EXPECT_EQ(config->workers[0].build->main, build.main);
  EXPECT_EQ(config->workers[0].build->config, build.config);
  EXPECT_EQ(config->workers[0].deploy, worker.deploy);
  EXPECT_EQ(config->workers[0].duplicates, worker.duplicates);
  EXPECT_EQ(config->workers[0].interval, worker.interval);
  EXPECT_EQ(config->workers[0].timeout, worker.timeout);
  EXPECT_EQ(config->workers[0].tagging, nullptr);
  EXPECT_EQ(config->workers[0].retention, nullptr);
  EXPECT_EQ(config->workers[0].version, VersionSettings{});
}

TEST(Configuration, TakesMoreFromConfD) {
  ConfigDirectory directory;
  directory.with("rolloutd.yaml", std::string(kAccounts) + "defaults: { interval: 7min }\n")
      .with("conf.d/20-b.yaml", "workers:\n  - { name: b, account: extra }\n")
      .with("conf.d/10-a.yaml", R"(accounts:
  extra:
    account_id: 00000000000000000000000000000001
    token: { credential: t }
workers:
  - { name: a, account: main }
)")
      .with("conf.d/.hidden.yaml", "nonsense\n")
      .with("conf.d/README", "nonsense\n");
  const auto config = directory.load();
  ASSERT_TRUE(config) << directory.errors();
  ASSERT_EQ(config->workers.size(), 2U);
  EXPECT_EQ(config->workers[0].id, WorkerId("b")) << "sorted by account, then id";
  EXPECT_EQ(config->workers[1].id, WorkerId("a"));
  EXPECT_EQ(config->workers[1].interval, minutes(7));
}

TEST(Configuration, RefusesOneNameInTwoAccounts) {
  ConfigDirectory directory;
  directory.with("rolloutd.yaml", std::string(kAccounts) + R"(  lab:
    account_id: 00000000000000000000000000000000
    token: { credential: t }
workers:
  - { name: shop, account: main }
  - { name: shop, account: lab }
)");
  EXPECT_TRUE(directory.errors().starts_with("[AmbiguousWorker] ")) << directory.errors();
}

TEST(Configuration, HasADigestOverEveryFile) {
  const auto digest = [](const char* name, const char* text) {
    ConfigDirectory directory;
    directory.with("rolloutd.yaml", kAccounts).with("policies/p.yaml", kRetention);
    if (name != nullptr) directory.with(name, text);
    const auto config = directory.load();
    return config ? config->digest : directory.errors();
  };
  const std::string plain = digest(nullptr, nullptr);
  EXPECT_EQ(plain.size(), 64U);
  EXPECT_EQ(plain, digest(nullptr, nullptr)) << "wherever the directory is";
  EXPECT_NE(plain, digest("policies/p.yaml", "retention: standard\nkeep: { last: 21 }\n"));
  EXPECT_NE(plain, digest("conf.d/a.yaml", "workers: []\n"));
  EXPECT_NE(plain, digest("policies/q.yaml", "retention: q\nkeep: { last: 21 }\n"));
}

TEST(Configuration, IsReadAnewByEachLoad) {
  ConfigDirectory directory;
  directory.with("rolloutd.yaml", "version: 1\n");
  YamlPolicySource source(directory.path("rolloutd.yaml"));
  EXPECT_EQ(source.load()->mode, Mode::observe);
  directory.with("rolloutd.yaml", "version: 1\nmode: enforce\n");
  EXPECT_EQ(source.load()->mode, Mode::enforce);
  directory.with("rolloutd.yaml", "version: 1\nmode: enforced\n");
  EXPECT_FALSE(source.load());
}

TEST(Configuration, ChecksPoliciesThatNobodyUses) {
  ConfigDirectory directory;
  directory.with("rolloutd.yaml", "version: 1\n").with("policies/a.yaml", "tagging: a\n");
  EXPECT_TRUE(directory.errors().contains("[MissingKey] policies/a.yaml:1:1"));
}

TEST(Configuration, SaysWhichFileCannotBeRead) {
  ConfigDirectory directory;
  EXPECT_EQ(directory.errors(),
            "[Unreadable] rolloutd.yaml: cannot be read: No such file or directory\n");
  directory.with("rolloutd.yaml", "version: 1\n");
  std::filesystem::create_directory(directory.path("conf.d"));
  ASSERT_EQ(mkfifo(directory.path("conf.d/a.yaml").c_str(), 0600), 0);
  EXPECT_EQ(directory.errors(),
            "[Unreadable] conf.d/a.yaml: cannot be read: it is no regular file\n");
  std::filesystem::remove_all(directory.path("conf.d"));
  directory.with("conf.d", "a file\n");
  EXPECT_EQ(directory.errors(), "[Unreadable] conf.d: cannot be read: Not a directory\n");
}

TEST(Configuration, IgnoresAByteOrderMark) {
  ConfigDirectory directory;
  directory.with("rolloutd.yaml", "\xEF\xBB\xBFversion: 1\n");
  EXPECT_EQ(directory.errors(), "");
}

// Promise 23: the token appears in no error.
TEST(Configuration, NeverRepeatsAToken) {
  const std::string token = "v1.0-secret-token";
  for (const std::string& line :
       {"token: " + token, "token: { value: \"" + token + "\" }", "tokn: " + token,
        "token: [" + token + "]", "token: { token: " + token + " }", "token: {" + token + "}"}) {
    ConfigDirectory directory;
    directory.with("rolloutd.yaml",
                   "version: 1\naccounts:\n  main:\n    account_id: 1\n    " + line + "\n");
    EXPECT_NE(directory.errors(), "");
    EXPECT_FALSE(directory.errors().contains(token)) << directory.errors();
  }
}

}  // namespace
}  // namespace rollout
