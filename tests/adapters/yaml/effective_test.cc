// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/effective.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/adapters/yaml/support.h"

namespace rollout {
namespace {

/// `value from source` of a path; empty where it is not listed.
std::string shown(const ConfigDirectory& directory, const std::string& path) {
  const auto values = effective(directory.path("rolloutd.yaml"));
  if (!values) return directory.tell(values.error());
  const auto found =
      std::find_if(values->begin(), values->end(),
                   [&path](const EffectiveValue& each) { return each.path == path; });
  if (found == values->end()) return "";
  return directory.relative(fmt::format("{} from {}", found->value, found->source));
}

void fill(ConfigDirectory& directory) {
  directory
      .with("rolloutd.yaml", R"(version: 1
accounts:
  main:
    account_id: 0123456789abcdef0123456789abcdef
    token: { credential: cloudflare-token }
    budget: { burst: 5 }
defaults:
  interval: 10min
workers:
  - name: shop-api
    account: main
    build: { path: /srv/dist, ready: { quiet: 5s } }
    version:
      compatibility_flags: [a, "b"]
      bindings:
        - { name: A, type: secret_text, text: hunter2 }
    timeout: 7s
)")
      .with("conf.d/a.yaml", "workers:\n  - { name: blog, account: main, interval: 1h }\n")
      .with("policies/p.yaml", R"(retention: standard
groups:
  - { name: rest, keep: { last: 3, tagged: ["v*"] } }
)");
}

TEST(Effective, NamesTheSourceOfEachValue) {
  ConfigDirectory directory;
  fill(directory);
  EXPECT_EQ(shown(directory, "mode"), "observe from default");
  EXPECT_EQ(shown(directory, "accounts.main.budget.burst"), "5 from rolloutd.yaml:6");
  EXPECT_EQ(shown(directory, "accounts.main.budget.rate"), "1/s from default");
  EXPECT_EQ(shown(directory, "workers.shop-api.timeout"), "7s from rolloutd.yaml:17");
  EXPECT_EQ(shown(directory, "workers.shop-api.build.ready.quiet"), "5s from rolloutd.yaml:12");
  EXPECT_EQ(shown(directory, "workers.shop-api.build.layout"), "in-place from default");
  EXPECT_EQ(shown(directory, "workers.shop-api.version.compatibility_flags"),
            "[a, \"b\"] from rolloutd.yaml:14");
  EXPECT_EQ(shown(directory, "retention.standard.groups.rest.keep.tagged"),
            "[\"v*\"] from policies/p.yaml:3");
  EXPECT_EQ(shown(directory, "retention.standard.protect.min_age"), "1h from default");
}

TEST(Effective, PutsTheWorkersEntryOverDefaults) {
  ConfigDirectory directory;
  fill(directory);
  EXPECT_EQ(shown(directory, "workers.shop-api.interval"), "10min from rolloutd.yaml:8");
  EXPECT_EQ(shown(directory, "workers.blog.interval"), "1h from conf.d/a.yaml:2");
  EXPECT_EQ(shown(directory, "workers.blog.timeout"), "30s from default");
}

TEST(Effective, LeavesOutWhatIsNotThere) {
  ConfigDirectory directory;
  fill(directory);
  EXPECT_EQ(shown(directory, "workers.blog.build.layout"), "");
  EXPECT_EQ(shown(directory, "workers.blog.retention"), "");
}

TEST(Effective, HidesTheSecretsOfBindings) {
  ConfigDirectory directory;
  fill(directory);
  EXPECT_EQ(shown(directory, "workers.shop-api.version.bindings"),
            "[{name: A, type: secret_text, text: (hidden)}] from rolloutd.yaml:16");
}

TEST(Effective, IsOnlyForWhatLoads) {
  ConfigDirectory directory;
  directory.with("rolloutd.yaml", "version: 2\n");
  EXPECT_TRUE(shown(directory, "mode").starts_with("[UnsupportedVersion]"));
}

}  // namespace
}  // namespace rollout
