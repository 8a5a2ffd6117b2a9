// SPDX-License-Identifier: Apache-2.0
// The policies that ship with the product are loaded, and run on a small history and build.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>

#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/core/policy/remarks.h"
#include "daemon/core/policy/retention.h"
#include "daemon/core/policy/retention_tests.h"
#include "daemon/core/policy/tagging.h"
#include "daemon/core/policy/tagging_tests.h"
#include "tests/adapters/yaml/support.h"
#include "tests/support/a_version.h"

namespace rollout {
namespace {

using std::chrono::hours;

constexpr auto kDay = hours(24);

/// Numbers of the versions that the policy condemns, lowest first.
std::vector<std::uint64_t> condemned(const std::string& policy_file,
                                     const std::vector<VersionBuilder>& story) {
  ConfigDirectory directory;
  const auto policy = load_retention_file(source_path(policy_file));
  EXPECT_TRUE(policy) << directory.tell(policy.error());
  std::vector<Version> versions;
  std::vector<Service> services;
  for (const VersionBuilder& each : story) {
    versions.push_back(each.version());
    services.insert(services.end(), each.services().begin(), each.services().end());
  }
  const DeploymentHistory deployments = deployments_of(services);
  History history;
  history.versions = versions;
  history.deployments = &deployments;
  std::vector<std::uint64_t> out;
  for (const Verdict& verdict : judge(*policy, history, kNow)) {
    if (!verdict.kept()) out.insert(out.begin(), verdict.number);
  }
  return out;
}

TEST(SmallPolicy, KeepsTenAndWhatServedLastMonth) {
  std::vector<VersionBuilder> story;
  for (std::uint64_t number = 1; number <= 14; ++number) {
    story.push_back(a_version(number).aged(kDay * (200 - static_cast<int>(number))));
  }
  // Served for less than the soak time: neither stable nor current, but in the last 30 days.
  story[1].served(kDay * 20, kDay * 20 - std::chrono::minutes(5));
  story[13].deployed_since(kDay * 2);
  EXPECT_EQ(condemned("policies/small.yaml", story), (std::vector<std::uint64_t>{1, 3, 4}));
}

TEST(ProductionPolicy, CountsReleasesApart) {
  std::vector<VersionBuilder> story;
  for (std::uint64_t number = 1; number <= 60; ++number) {
    VersionBuilder version = a_version(number).aged(kDay * (400 - static_cast<int>(number)));
    if (number <= 10) version.tagged(fmt::format("v1.{}.0", number));
    if (number == 11) version.tagged("keep-for-audit");
    story.push_back(version);
  }
  story[59].deployed_since(kDay * 2);
  std::vector<std::uint64_t> expect;
  for (std::uint64_t number = 12; number <= 40; ++number) expect.push_back(number);
  EXPECT_EQ(condemned("policies/production.yaml", story), expect);
}

Facts facts_of(std::initializer_list<std::pair<const char*, const char*>> given) {
  Facts out;
  for (const auto& [name, value] : given) out[name] = Fact{value, "a test"};
  return out;
}

Build a_build() {
  return {.digest = digest_of(0x11),
          .name = "dist",
          .root = "/srv/dist",
          .main_module = "index.js",
          .modules = {},
          .settings = {},
          .bytes = 421888,
          .finished_at = kNow,
          .confidence = Confidence::confirmed,
          .facts = {}};
}

Result<Annotations> rendered(const std::string& policy_file, Facts facts) {
  ConfigDirectory directory;
  const auto policy = load_tagging_file(source_path(policy_file));
  EXPECT_TRUE(policy) << directory.tell(policy.error());
  Build build = a_build();
  build.facts = std::move(facts);
  return render(*policy, build, all_facts(build, policy->name, "shop-api", "host-1"));
}

TEST(ReleasePolicy, MakesReleasesOfTheMainBranch) {
  const auto annotations =
      rendered("policies/release.yaml", facts_of({{"git.branch", "main"},
                                                  {"git.commit", "0123456789abcdef"},
                                                  {"git.subject", "Add a cart"},
                                                  {"package.version", "1.9.0"}}));
  ASSERT_TRUE(annotations) << annotations.error().sentence();
  EXPECT_EQ(annotations->tag, "v1.9.0");
  EXPECT_TRUE(annotations->message.starts_with("Add a cart (main@01234567)\nrolloutd: build="));
}

TEST(ReleasePolicy, MakesPreviewsOfOtherBranches) {
  const auto annotations =
      rendered("policies/release.yaml", facts_of({{"git.branch", "feature/Big Cart"},
                                                  {"git.commit", "0123456789abcdef"},
                                                  {"git.subject", "Try a cart"}}));
  ASSERT_TRUE(annotations) << annotations.error().sentence();
  EXPECT_EQ(annotations->tag, "feature-big-cart-01234567-" + digest_of(0x11).hex().substr(0, 8));
  const auto detached =
      rendered("policies/release.yaml",
               facts_of({{"git.commit", "0123456789abcdef"}, {"git.subject", "Try a cart"}}));
  ASSERT_TRUE(detached) << detached.error().sentence();
  EXPECT_TRUE(detached->tag.starts_with("detached-01234567-"));
}

TEST(ReleasePolicy, WantsACommit) {
  const auto annotations = rendered(
      "policies/release.yaml", facts_of({{"git.branch", "main"}, {"package.version", "1.9.0"}}));
  ASSERT_FALSE(annotations);
  EXPECT_EQ(annotations.error().kind, FailureKind::refused);
}

TEST(DigestPolicy, NeedsNothingButTheBuild) {
  const auto annotations = rendered("policies/digest.yaml", {});
  ASSERT_TRUE(annotations) << annotations.error().sentence();
  EXPECT_EQ(annotations->tag, digest_of(0x11).hex().substr(0, 12));
  EXPECT_TRUE(
      annotations->message.starts_with("0 files, 412 KiB, built 2026-03-10 12:00\nrolloutd: "))
      << annotations->message;
}

TEST(ReadyMadeTagging, HasTestsThatPassAndThatCanFail) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(source_path("policies"))) {
    const std::string file = entry.path().string();
    if (!file.ends_with(".yaml") || !read_text(file).contains("\ntagging: ")) continue;
    ConfigDirectory directory;
    auto policy = load_tagging_file(file);
    ASSERT_TRUE(policy) << directory.tell(policy.error());
    EXPECT_EQ(policy->name.text() + ".yaml", entry.path().filename()) << "as a Worker names it";
    names.insert(policy->name.text());
    EXPECT_FALSE(policy->tests.empty()) << file;
    policy->rules = {{{}, *Template::parse("another"), {}}};
    policy->require.clear();
    for (const PolicyTestResult& result : run_tests(*policy)) {
      EXPECT_FALSE(result.passed()) << file << ": " << result.name;
    }
  }
  EXPECT_EQ(names, (std::set<std::string>{"branch-preview", "calver", "digest", "release"}));
}

TEST(ReadyMadeRetention, HasTestsThatPassAndThatCanFail) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(source_path("policies"))) {
    const std::string file = entry.path().string();
    if (!file.ends_with(".yaml") || !read_text(file).contains("\nretention: ")) continue;
    ConfigDirectory directory;
    auto policy = load_retention_file(file);
    ASSERT_TRUE(policy) << directory.tell(policy.error());
    EXPECT_EQ(policy->name.text() + ".yaml", entry.path().filename()) << "as a Worker names it";
    names.insert(policy->name.text());
    EXPECT_FALSE(policy->tests.empty()) << file;
    RetentionPolicy nothing = *policy;
    nothing.groups = {{"all", {}, {{RuleKind::last, {Count{1}}, {}}}}};
    nothing.groups[0].min_keep = 1;
    nothing.protect.pin.clear();
    RetentionPolicy everything = *policy;
    everything.groups = {{"all", {}, {{RuleKind::last, {Every{}}, {}}}}};
    for (const Remark& each : remarks(*policy)) ADD_FAILURE() << file << ": " << each.message;
    const auto without = run_tests(nothing);
    const auto with = run_tests(everything);
    for (std::size_t i = 0; i < policy->tests.size(); ++i) {
      EXPECT_FALSE(without[i].passed() && with[i].passed()) << file << ": " << with[i].name;
    }
  }
  EXPECT_EQ(names, (std::set<std::string>{"by-branch", "gfs", "previews", "production", "regulated",
                                          "small"}));
}

TEST(FreshInstall, ObservesNothing) {
  const auto config = YamlPolicySource(source_path("systemd/rolloutd.yaml")).load();
  ASSERT_TRUE(config);
  EXPECT_EQ(config->mode, Mode::observe);
  EXPECT_TRUE(config->workers.empty());
  EXPECT_TRUE(config->accounts.empty());
}

TEST(FreshInstall, MeansWhatItsCommentsSay) {
  std::istringstream lines(read_text(source_path("systemd/rolloutd.yaml")));
  std::string text, line;
  while (std::getline(lines, line)) {
    const bool key = line == "# accounts:" || line == "# workers:" || line.starts_with("#   ");
    text += (key ? line.substr(2) : line) + "\n";
  }
  ConfigDirectory directory;
  directory.with("rolloutd.yaml", text);
  for (const char* policy : {"small", "production", "release", "digest"}) {
    const std::string name = fmt::format("policies/{}.yaml", policy);
    directory.with(name, read_text(source_path(name)));
  }
  EXPECT_EQ(directory.errors(), "");
  const auto config = directory.load();
  ASSERT_TRUE(config);
  ASSERT_EQ(config->workers.size(), 1U);
  EXPECT_NE(config->workers[0].tagging, nullptr);
  EXPECT_NE(config->workers[0].retention, nullptr);
}

}  // namespace
}  // namespace rollout
