// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/adapters/yaml/yaml_policy_source.h"
#include "daemon/codec/sha256.h"
#include "tests/adapters/yaml/support.h"

namespace rollout {
namespace {

using std::chrono::hours;

RetentionPolicy retention(const std::string& text) {
  ConfigDirectory directory;
  directory.with("p.yaml", text);
  auto policy = load_retention_file(directory.path("p.yaml"));
  EXPECT_TRUE(policy) << directory.tell(policy.error());
  return policy ? std::move(*policy) : RetentionPolicy{};
}

TEST(RetentionFile, GivesTheShortFormOneGroup) {
  const std::string text = R"(retention: standard
keep: { last: 20, within: [14d, 1mo], deployed: [5, 30d], tagged: ["v*", "keep-?"] }
protect: { min_age: 0s, rollback: 4, soak: 30min, pin: ["keep-*"] }
limits: { max_deletes: 7, max_percent: 50%, grace: 0s }
scope: all
)";
  const RetentionPolicy policy = retention(text);
  EXPECT_EQ(policy.name, PolicyName("standard"));
  EXPECT_EQ(policy.hash, sha256(text).hex());
  ASSERT_EQ(policy.groups.size(), 1U);
  EXPECT_EQ(policy.groups[0].name, "all");
  EXPECT_TRUE(policy.groups[0].match.empty());
  const auto& keep = policy.groups[0].keep;
  ASSERT_EQ(keep.size(), 4U);
  EXPECT_EQ(keep[0].kind, RuleKind::last);
  EXPECT_EQ(std::get<Count>(keep[0].extents.at(0)).value, 20U);
  EXPECT_EQ(keep[1].kind, RuleKind::within);
  EXPECT_EQ(std::get<Duration>(keep[1].extents.at(0)).exact, hours(14 * 24));
  EXPECT_EQ(std::get<Duration>(keep[1].extents.at(1)).months, 1);
  EXPECT_EQ(keep[2].kind, RuleKind::deployed);
  EXPECT_EQ(keep[2].extents.size(), 2U);
  EXPECT_EQ(keep[3].kind, RuleKind::tagged);
  EXPECT_EQ(keep[3].patterns.at(1).text(), "keep-?");
  EXPECT_TRUE(policy.protect.min_age.is_zero());
  EXPECT_EQ(policy.protect.rollback, 4U);
  EXPECT_EQ(policy.protect.soak.exact, std::chrono::minutes(30));
  EXPECT_EQ(policy.protect.pin.at(0).text(), "keep-*");
  EXPECT_EQ(policy.limits.max_deletes, 7U);
  EXPECT_EQ(policy.limits.max_percent, 50U);
  EXPECT_TRUE(policy.limits.grace.is_zero());
  EXPECT_EQ(policy.scope, Scope::all);
}

// A policy of former times comes from the journal, and is what it was.
TEST(RetentionText, IsReadWithoutAFile) {
  const std::string text =
      "retention: standard\ntimezone: Europe/Paris\nkeep: { last: 20, daily: 7d }\n"
      "limits: { approve_over: 10 }\n";
  EXPECT_EQ(retention(text).text, text);
  EXPECT_EQ(retention(text).limits.approve_over, 10U);
  YamlPolicySource source("");
  const auto policy = source.read_retention(text);
  ASSERT_TRUE(policy) << policy.error();
  EXPECT_EQ((*policy)->hash, sha256(text).hex());
  EXPECT_EQ((*policy)->groups[0].keep.size(), 2U);
  EXPECT_EQ((*policy)->timezone.name(), "Europe/Paris");
}

TEST(RetentionText, ThatIsNoneAnyMoreSaysWhy) {
  YamlPolicySource source("");
  const auto refused = source.read_retention("retention: standard\nkeep: { lst: 20 }\n");
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().starts_with("its line 2: ")) << refused.error();
  EXPECT_TRUE(refused.error().contains("lst")) << refused.error();
  for (const char* text : {"", "tagging: t\n", "]"}) EXPECT_FALSE(source.read_retention(text));
}

TEST(RetentionText, IsNotRefusedForItsTests) {
  YamlPolicySource source("");
  EXPECT_TRUE(source.read_retention(
      "retention: standard\nkeep: { last: 20 }\ntests:\n  - name: was right once\n"
      "    now: 2026-03-10T12:00:00Z\n    versions: [{ number: 1 }]\n    delete: [1]\n"));
}

TEST(RetentionFile, HasTheDefaultsOfCore) {
  const RetentionPolicy policy = retention("retention: a\nkeep: { last: 1 }\n");
  const Protections protect;
  const RunLimits limits;
  EXPECT_EQ(policy.protect.min_age, protect.min_age);
  EXPECT_EQ(policy.protect.rollback, protect.rollback);
  EXPECT_EQ(policy.protect.soak, protect.soak);
  EXPECT_TRUE(policy.protect.pin.empty());
  EXPECT_EQ(policy.limits.max_deletes, limits.max_deletes);
  EXPECT_EQ(policy.limits.max_percent, limits.max_percent);
  EXPECT_EQ(policy.limits.grace, limits.grace);
  EXPECT_EQ(policy.scope, RetentionPolicy{}.scope);
}

TEST(RetentionFile, KeepsTheOrderOfGroups) {
  const RetentionPolicy policy = retention(R"(retention: a
groups:
  - { name: release, match: { tag: ["v*", "re:r[0-9]+"] }, keep: { last: 20 } }
  - { name: rest, keep: { last: 10, deployed: 30d } }
)");
  ASSERT_EQ(policy.groups.size(), 2U);
  EXPECT_EQ(policy.groups[0].name, "release");
  EXPECT_EQ(policy.groups[0].match.size(), 2U);
  EXPECT_EQ(policy.groups[1].name, "rest");
  EXPECT_EQ(policy.groups[1].keep.size(), 2U);
}

TEST(RetentionFile, ReadsTheWholeLanguage) {
  const RetentionPolicy policy = retention(R"(retention: a
timezone: Europe/Paris
groups:
  - name: preview
    match: { tag: "pr-<pr>-*" }
    per: pr
    anchor: now
    min_keep: 0
    keep: { hourly: 1, daily: [14d, 3], weekly: 8w, monthly: 12, quarterly: all, yearly: all }
  - { name: release, match: { tag: "v*" }, min_keep: 3, keep: { stable: [3, 90d], last: all } }
  - { name: rest, keep: all }
limits: { window: "Mon-Thu 09:00-16:00" }
)");
  EXPECT_EQ(policy.timezone.name(), "Europe/Paris");
  ASSERT_EQ(policy.groups.size(), 3U);
  const Group& preview = policy.groups[0];
  EXPECT_EQ(preview.per, "pr");
  EXPECT_EQ(preview.anchor, Anchor::now);
  EXPECT_EQ(preview.min_keep, 0U);
  std::vector<RuleKind> kinds;
  for (const KeepRule& rule : preview.keep) kinds.push_back(rule.kind);
  EXPECT_EQ(kinds, (std::vector{RuleKind::hourly, RuleKind::daily, RuleKind::weekly,
                                RuleKind::monthly, RuleKind::quarterly, RuleKind::yearly}));
  EXPECT_EQ(preview.keep[1].extents.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<Every>(preview.keep[5].extents.at(0)));
  EXPECT_EQ(policy.groups[1].anchor, Anchor::newest);
  EXPECT_EQ(policy.groups[1].min_keep, 3U);
  EXPECT_EQ(policy.groups[1].keep[1].kind, RuleKind::stable);
  ASSERT_EQ(policy.groups[2].keep.size(), 1U);
  EXPECT_EQ(policy.groups[2].keep[0].kind, RuleKind::last);
  EXPECT_TRUE(std::holds_alternative<Every>(policy.groups[2].keep[0].extents.at(0)));
  ASSERT_TRUE(policy.limits.window);
  EXPECT_EQ(policy.limits.window->text(), "Mon-Thu 09:00-16:00");
}

TEST(RetentionFile, KeepsAllInTheShortForm) {
  const RetentionPolicy policy = retention("retention: a\nkeep: all\n");
  ASSERT_EQ(policy.groups.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Every>(policy.groups[0].keep.at(0).extents.at(0)));
  EXPECT_EQ(policy.timezone.name(), "UTC");
  EXPECT_EQ(policy.groups[0].min_keep, 1U);
  EXPECT_FALSE(policy.limits.window);
}

constexpr const char* kTestedRetention = R"(retention: standard
keep: { last: 1 }
tests:
  - name: a burst of uploads does not evict the rollback target
    now: 2026-03-10T12:00:00Z
    versions:
      - number: 1
        created_on: 2026-02-01T09:00:00Z
        tag: "v1"
        live: ["2026-02-01T10:00:00Z/2026-03-01T10:00:00Z"]
      - { number: 2, created_on: 2026-03-01T09:00:00Z, live: ["2026-03-01T10:00:00Z/"] }
      - { number: 3, created_on: 2026-03-08T09:00:00Z }
      - { number: 4, pinned: true, foreign: true }
      - { number: 5, created_on: 2026-03-09T09:00:00Z }
    keep: [1, 2, 4, 5]
    delete: [3]
)";

TEST(RetentionFile, ReadsAndRunsItsTests) {
  const RetentionPolicy policy = retention(kTestedRetention);
  ASSERT_EQ(policy.tests.size(), 1U);
  const RetentionTest& test = policy.tests[0];
  EXPECT_EQ(format_rfc3339(test.now), "2026-03-10T12:00:00Z");
  ASSERT_EQ(test.versions.size(), 5U);
  EXPECT_EQ(test.versions[0].tag, "v1");
  EXPECT_EQ(format_rfc3339(test.versions[0].live.at(0).to.value()), "2026-03-01T10:00:00Z");
  EXPECT_FALSE(test.versions[1].live.at(0).to);
  EXPECT_TRUE(test.versions[3].pinned && test.versions[3].foreign);
  EXPECT_FALSE(test.versions[3].created_on);
  EXPECT_EQ(test.keep, (std::vector<std::uint64_t>{1, 2, 4, 5}));
  EXPECT_EQ(test.remove, (std::vector<std::uint64_t>{3}));
}

TEST(RetentionFile, IsNotUsedWhereItsTestsFail) {
  std::string text = kTestedRetention;
  text.replace(text.find("last: 1"), 7, "last: 3");
  ConfigDirectory directory;
  directory.with("p.yaml", text);
  const auto refused = load_retention_file(directory.path("p.yaml"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().at(0).code, "FailedTest");
  EXPECT_EQ(refused.error().at(0).line, 4U);
  EXPECT_TRUE(load_retention_file(directory.path("p.yaml"), Tests::leave));
}

TEST(TaggingFile, ReadsRulesInOrder) {
  ConfigDirectory directory;
  directory.with("p.yaml", R"(tagging: release
rules:
  - when: { git.branch: [main, "re:release/.*"], info.ci.kind: nightly }
    tag: "v{package.version}"
    message: "{git.subject|truncate:200}"
  - tag: "{build.digest:12}"
on_overflow: truncate
require: [git.commit, info.ci.run]
unique: true
)");
  const auto policy = load_tagging_file(directory.path("p.yaml"));
  ASSERT_TRUE(policy) << directory.tell(policy.error());
  EXPECT_EQ(policy->name, PolicyName("release"));
  ASSERT_EQ(policy->rules.size(), 2U);
  ASSERT_EQ(policy->rules[0].when.size(), 2U);
  EXPECT_EQ(policy->rules[0].when[0].fact, "git.branch");
  EXPECT_EQ(policy->rules[0].when[0].patterns.size(), 2U);
  EXPECT_EQ(policy->rules[0].tag.text(), "v{package.version}");
  EXPECT_EQ(policy->rules[1].message.text(), "");
  EXPECT_EQ(policy->on_overflow, Overflow::truncate);
  EXPECT_EQ(policy->require, (std::vector<std::string>{"git.commit", "info.ci.run"}));
  EXPECT_EQ(policy->uniqueness, TaggingPolicy::Uniqueness::unique);
}

constexpr const char* kTested = R"(tagging: release
rules:
  - when: { git.branch: main }
    tag: "v{package.version}"
    message: "{git.subject|default:\"\"}"
tests:
  - name: main makes releases
    facts: { git.branch: main, package.version: "1.9.0" }
    tag: "v1.9.0"
    message: ""
  - name: other branches make none
    facts: {}
    refused: no rule holds
)";

TEST(TaggingFile, RunsItsTests) {
  ConfigDirectory directory;
  directory.with("p.yaml", kTested);
  const auto policy = load_tagging_file(directory.path("p.yaml"));
  ASSERT_TRUE(policy) << directory.tell(policy.error());
  ASSERT_EQ(policy->tests.size(), 2U);
  EXPECT_EQ(policy->tests[0].name, "main makes releases");
  EXPECT_EQ(policy->tests[0].facts.at("package.version"), "1.9.0");
  EXPECT_EQ(policy->tests[0].tag, "v1.9.0");
  EXPECT_EQ(policy->tests[0].message, "");
  EXPECT_EQ(policy->tests[1].refused, "no rule holds");
  EXPECT_FALSE(policy->tests[1].tag || policy->tests[1].message);
}

TEST(TaggingFile, WithATestThatFailsIsReadOnlyToRunIt) {
  std::string text = kTested;
  text.replace(text.find("tag: \"v1.9.0\""), 13, "tag: \"v2.0.0\"");
  ConfigDirectory directory;
  directory.with("p.yaml", text);
  const auto policy = load_tagging_file(directory.path("p.yaml"));
  ASSERT_FALSE(policy);
  EXPECT_EQ(directory.tell(policy.error()),
            "[FailedTest] p.yaml:7:11: test \"main makes releases\" fails: the tag is \"v1.9.0\", "
            "not \"v2.0.0\"\n"
            "     7 |   - name: main makes releases\n"
            "       |           ^^^^^^^^^^^^^^^^^^^\n");
  EXPECT_TRUE(load_tagging_file(directory.path("p.yaml"), Tests::leave));
}

TEST(PolicyFile, OfTheOtherKindIsRefused) {
  ConfigDirectory directory;
  directory.with("p.yaml", "tagging: a\nrules: [{ tag: \"v1\" }]\n");
  const auto policy = load_retention_file(directory.path("p.yaml"));
  ASSERT_FALSE(policy);
  EXPECT_EQ(directory.tell(policy.error()),
            "[PolicyKind] p.yaml:1:10: a retention policy is wanted here\n"
            "     1 | tagging: a\n"
            "       |          ^\n");
}

TEST(PolicyFile, ThatIsNotThereIsSaidSo) {
  ConfigDirectory directory;
  const auto policy = load_tagging_file(directory.path("p.yaml"));
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().at(0).code, "Unreadable");
}

}  // namespace
}  // namespace rollout
