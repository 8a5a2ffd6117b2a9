// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/config_changes.h"

#include <gtest/gtest.h>

#include <functional>

namespace rollout {
namespace {

std::shared_ptr<const RetentionPolicy> policy(const std::string& name, const std::string& hash) {
  RetentionPolicy made;
  made.name = PolicyName(name);
  made.hash = hash;
  return std::make_shared<const RetentionPolicy>(std::move(made));
}

Config config() {
  Config made;
  AccountConfig account;
  account.name = AccountName("main");
  account.token = TokenFile{.path = "/t"};
  made.accounts = {account};
  WorkerConfig worker;
  worker.id = WorkerId("shop");
  worker.account = account.name;
  worker.build.emplace().path = "/builds/shop";
  worker.retention = policy("small", "1");
  made.workers = {worker};
  return made;
}

struct Edit {
  const char* name;
  std::function<void(Config&)> apply;
  std::vector<std::string> changes;
  std::vector<std::string> restart;
};

class ConfigChanges : public testing::TestWithParam<Edit> {};

TEST_P(ConfigChanges, AreTold) {
  Config after = config();
  GetParam().apply(after);
  EXPECT_EQ(config_changes(config(), after), GetParam().changes);
  EXPECT_EQ(needs_restart(config(), after), GetParam().restart);
}

const std::vector<Edit>& edits() {
  static const std::vector<Edit> all = {
      {"nothing", [](Config&) {}, {}, {}},
      {"mode", [](Config& c) { c.mode = Mode::enforce; }, {"mode observe -> enforce"}, {}},
      {"other_policy",
       [](Config& c) { c.workers[0].retention = policy("large", "1"); },
       {"shop: retention small -> large"},
       {}},
      {"edited_policy",
       [](Config& c) { c.workers[0].retention = policy("small", "2"); },
       {"shop: retention policy small was edited"},
       {}},
      {"no_policy",
       [](Config& c) { c.workers[0].retention = nullptr; },
       {"shop: retention small -> none"},
       {}},
      {"quiet",
       [](Config& c) { c.workers[0].build->ready = ReadyQuiet{.quiet = Millis(5000)}; },
       {"shop: where its builds are found"},
       {}},
      {"deploy",
       [](Config& c) { c.workers[0].deploy = DeployMode::immediate; },
       {"shop: new versions are deployed at once"},
       {}},
      {"new_worker",
       [](Config& c) {
         c.workers.push_back(c.workers[0]);
         c.workers[1].id = WorkerId("web");
       },
       {"web: is new"},
       {}},
      {"no_worker", [](Config& c) { c.workers.clear(); }, {"shop: is no longer looked after"}, {}},
      {"token_source",
       [](Config& c) { c.accounts[0].token = Credential{.name = "t"}; },
       {},
       {"account main changed"}},
      {"timing", [](Config& c) { c.accounts[0].timing.rescan = Millis(1); }, {}, {}},
      {"no_account", [](Config& c) { c.accounts.clear(); }, {}, {"account main is gone"}},
      {"service", [](Config& c) { c.service.listen = ""; }, {}, {"a setting of `service` changed"}},
  };
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, ConfigChanges, testing::ValuesIn(edits()),
                         [](const testing::TestParamInfo<Edit>& one) { return one.param.name; });

}  // namespace
}  // namespace rollout
