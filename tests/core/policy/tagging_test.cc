// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/tagging.h"

#include <gtest/gtest.h>

#include <initializer_list>

#include "tests/core/policy/sentences.h"
#include "tests/support/a_version.h"

namespace rollout {
namespace {

Template text(std::string_view source) {
  return Template::parse(source).value();
}

Condition when(std::string fact, std::initializer_list<std::string_view> patterns) {
  Condition condition{std::move(fact), {}};
  for (const auto p : patterns) condition.patterns.push_back(Pattern::parse(p).value());
  return condition;
}

TaggingPolicy policy_of(std::vector<TaggingRule> rules) {
  TaggingPolicy policy;
  policy.name = PolicyName("release");
  policy.rules = std::move(rules);
  return policy;
}

/// The policy that policies.md shows.
TaggingPolicy documented() {
  return policy_of(
      {{{when("git.branch", {"main"})},
        text("v{package.version}"),
        text("{git.subject|truncate:200} ({git.branch}@{git.commit:8})")},
       {{when("git.branch", {"re:(feature|fix)/.*"})},
        text("pr-{git.branch|slug}-{git.commit:8}"),
        text("{git.subject}")},
       {{},
        text("{build.digest:12}"),
        text("{build.files} files, {build.bytes|size}, built {build.time:%Y-%m-%d %H:%M}")}});
}

using Pairs = std::vector<std::pair<const char*, const char*>>;

Build a_build(const Pairs& facts) {
  Build build{.digest = digest_of(7),
              .name = "dist",
              .root = "/srv/shop/dist",
              .main_module = "index.js",
              .modules = {{"index.js", "application/javascript+module", 2048, digest_of(1).hash}},
              .settings = {},
              .bytes = 2048,
              .finished_at = *parse_rfc3339("2026-03-10T12:34:56Z"),
              .facts = {}};
  for (const auto& [name, value] : facts) build.facts[name] = {value, "the marker"};
  return build;
}

Result<Annotations> render(const TaggingPolicy& policy, const Build& build) {
  return render(policy, build, all_facts(build, policy.name, "shop", "build-1"));
}

std::string trailer() {
  return "rolloutd: build=sha256:" + digest_of(7).hex() + " policy=release";
}

struct Documented {
  const char* name;
  Pairs facts;
  const char* tag;
  const char* message;
};

class DocumentedPolicy : public testing::TestWithParam<Documented> {};

TEST_P(DocumentedPolicy, GivesTagAndMessageWithItsTrailer) {
  const auto result = render(documented(), a_build(GetParam().facts));
  ASSERT_TRUE(result) << result.error().sentence();
  EXPECT_EQ(result->tag, GetParam().tag);
  EXPECT_EQ(result->message, GetParam().message + ("\n" + trailer()));
}

INSTANTIATE_TEST_SUITE_P(All, DocumentedPolicy,
                         testing::Values(Documented{"Main",
                                                    {{"git.branch", "main"},
                                                     {"package.version", "1.9.0"},
                                                     {"git.subject", "Add a cart"},
                                                     {"git.commit", "e44b07d1c2aa"}},
                                                    "v1.9.0",
                                                    "Add a cart (main@e44b07d1)"},
                                         Documented{"Branch",
                                                    {{"git.branch", "feature/Cart_2"},
                                                     {"git.subject", "Two\nlines"},
                                                     {"git.commit", "e44b07d1c2aa"}},
                                                    "pr-feature-cart-2-e44b07d1",
                                                    "Two\nlines"},
                                         Documented{"NoRepository",
                                                    {},
                                                    "070000000000",
                                                    "1 files, 2.0 KiB, built 2026-03-10 12:34"}),
                         [](const auto& param) { return std::string(param.param.name); });

std::string failure(const TaggingPolicy& policy, const Build& build) {
  const auto result = render(policy, build);
  if (result) return "tagged " + result->tag;
  EXPECT_EQ(result.error().kind, FailureKind::refused);
  EXPECT_EQ(result.error().during, "tag build 070000000000 by the policy release");
  return result.error().detail;
}

TEST(Tagging, NamesAMissingFactAndWhereItWasLookedFor) {
  EXPECT_EQ(failure(documented(), a_build({{"git.branch", "main"}})),
            "the fact package.version of the build /srv/shop/dist is missing; it was looked for in "
            "the build's marker, then package.json in the build's directory or a parent up to its "
            "repository; write {package.version|default:\"text\"} for builds without it");
}

TEST(Tagging, UsesADefaultOnlyWhereTheFactIsMissing) {
  const auto policy = policy_of({{{}, text("{git.tag|upper|default:\"No\"|lower}"), {}}});
  EXPECT_EQ(render(policy, a_build({}))->tag, "no");
  EXPECT_EQ(render(policy, a_build({{"git.tag", "V1"}}))->tag, "v1");
}

TEST(Tagging, AMessageMayBeTheTrailerAlone) {
  EXPECT_EQ(render(policy_of({{{}, text("x"), {}}}), a_build({}))->message, trailer());
}

TEST(Tagging, TheTrailerTellsAnUnconfirmedBuild) {
  auto build = a_build({});
  build.confidence = Confidence::unconfirmed;
  EXPECT_EQ(render(policy_of({{{}, text("x"), text("m")}}), build)->message,
            "m\n" + trailer() + " unconfirmed");
}

TEST(Tagging, RequiresFactsEvenWhereNoTemplateUsesThem) {
  auto policy = documented();
  policy.require = {"build.time", "git.commit"};
  EXPECT_EQ(failure(policy, a_build({})),
            "the fact git.commit of the build /srv/shop/dist is missing; it was looked for in the "
            "build's marker, then the repository that holds the build; the policy requires it");
}

TEST(Tagging, TellsWhyARepositoryWasNotRead) {
  auto policy = policy_of({{{}, text("{git.commit}"), {}}});
  const auto build = a_build({{"git.refusal", "it belongs to another user"}});
  EXPECT_EQ(failure(policy, build),
            "the fact git.commit of the build /srv/shop/dist is missing; it was looked for in the "
            "build's marker, then the repository that holds the build; it belongs to another user; "
            "write {git.commit|default:\"text\"} for builds without it");
  policy.require = {"git.commit"};
  EXPECT_TRUE(failure(policy, build).ends_with("another user; the policy requires it"));
  policy = policy_of({{{}, text("{package.version}"), {}}});
  EXPECT_FALSE(failure(policy, build).contains("another user"));
}

TEST(Tagging, ARuleHoldsOnlyIfAllItsConditionsDo) {
  const auto policy = policy_of(
      {{{when("git.branch", {"main", "release-*"}), when("git.dirty", {"false"})}, text("a"), {}},
       {{}, text("b"), {}}});
  EXPECT_EQ(render(policy, a_build({{"git.branch", "release-1"}, {"git.dirty", "false"}}))->tag,
            "a");
  EXPECT_EQ(render(policy, a_build({{"git.branch", "release-1"}, {"git.dirty", "true"}}))->tag,
            "b");
  EXPECT_EQ(render(policy, a_build({{"git.branch", "release-1"}}))->tag, "b");
}

TEST(Tagging, RefusesABuildForWhichNoRuleHolds) {
  EXPECT_EQ(failure(policy_of({{{when("git.branch", {"main"})}, text("a"), {}}}), a_build({})),
            "no rule holds for its facts; a last rule without `when` holds for every build");
}

TEST(Tagging, ATagHasAtMost100Bytes) {
  auto policy = policy_of({{{}, text("{git.tag}"), {}}});
  const std::string fits(100, 'x');
  EXPECT_EQ(render(policy, a_build({{"git.tag", fits.c_str()}}))->tag, fits);
  const std::string over(101, 'x');
  const auto build = a_build({{"git.tag", over.c_str()}});
  EXPECT_EQ(failure(policy, build),
            "the tag has 101 bytes and may have 100; shorten it with |truncate:N or set "
            "on_overflow: truncate");
  policy.on_overflow = Overflow::truncate;
  EXPECT_EQ(render(policy, build)->tag, std::string(97, 'x') + "\xE2\x80\xA6");
}

TEST(Tagging, AMessageHasAtMost1000BytesWithItsTrailer) {
  auto policy = policy_of({{{}, text("x"), text("{git.subject}")}});
  const std::size_t budget = 1000 - 1 - trailer().size();
  const std::string fits(budget, 'x');
  EXPECT_EQ(render(policy, a_build({{"git.subject", fits.c_str()}}))->message.size(), 1000U);
  const auto build = a_build({{"git.subject", (fits + "y").c_str()}});
  EXPECT_EQ(failure(policy, build).substr(0, 43), "the message has 898 bytes and may have 897;");
  policy.on_overflow = Overflow::truncate;
  const auto cut = render(policy, build)->message;
  EXPECT_EQ(cut.size(), 1000U);
  ASSERT_TRUE(parse_trailer(cut));
  EXPECT_EQ(parse_trailer(cut)->digest, digest_of(7));
}

TEST(Tagging, RefusesControlCharactersAndWhatIsNoUtf8) {
  const auto policy = policy_of({{{}, text("{git.tag}"), text("{git.subject|default:\"\"}")}});
  const auto tag = [&](const char* value) {
    return failure(policy, a_build({{"git.tag", value}}));
  };
  const auto message = [&](const char* value) {
    return failure(policy, a_build({{"git.tag", "v1"}, {"git.subject", value}}));
  };
  EXPECT_EQ(tag("a\nb"), "the tag holds the control character U+000A at byte 2");
  EXPECT_EQ(tag("\x7F"), "the tag holds the control character U+007F at byte 1");
  EXPECT_EQ(tag("v\xC2\x9B"), "the tag holds the control character U+009B at byte 2");
  EXPECT_EQ(tag("v\xC2\xA0"), "tagged v\xC2\xA0");
  EXPECT_EQ(tag("\xC3"), "the tag is no UTF-8 at byte 1");
  EXPECT_EQ(tag("a\xED\xA0\x80"), "the tag is no UTF-8 at byte 2");
  EXPECT_EQ(message("a\x1B[31m"), "the message holds the control character U+001B at byte 2");
  EXPECT_EQ(message("a\nb"), "tagged v1");
  EXPECT_EQ(message("a\r\nb"), "the message holds the control character U+000D at byte 2");
}

TEST(Tagging, RefusesAnEmptyTag) {
  EXPECT_EQ(
      failure(policy_of({{{}, text("{git.branch|slug}"), {}}}), a_build({{"git.branch", "/"}})),
      "the tag {git.branch|slug} is empty");
}

TEST(Tagging, NamesTheFactThatAFilterCannotRead) {
  EXPECT_EQ(failure(policy_of({{{}, text("{git.tag|size}"), {}}}), a_build({{"git.tag", "v1"}})),
            "the fact git.tag: \"v1\" is no number of bytes");
}

TEST(Facts, ComeWithThoseOfTheBuildAndTheConfiguration) {
  const auto facts =
      all_facts(a_build({{"git.branch", "main"}}), PolicyName("release"), "shop", "build-1");
  EXPECT_EQ(facts.at("git.branch").where, "the marker");
  EXPECT_EQ(facts.at("build.digest").value, digest_of(7).hex());
  EXPECT_EQ(facts.at("build.files").value, "1");
  EXPECT_EQ(facts.at("build.bytes").value, "2048");
  EXPECT_EQ(facts.at("build.name").value, "dist");
  EXPECT_EQ(facts.at("build.time").value, "2026-03-10T12:34:56Z");
  EXPECT_EQ(facts.at("build.time").where, "the build");
  EXPECT_EQ(facts.at("worker.name").value, "shop");
  EXPECT_EQ(facts.at("host.name").value, "build-1");
  EXPECT_EQ(facts.at("policy.name").value, "release");
}

TEST(TaggingProblems, AreNoneInTheDocumentedPolicy) {
  EXPECT_EQ(sentences_about(documented()), std::vector<std::string>{});
}

TEST(TaggingProblems, NameTheRule) {
  using Sentences = std::vector<std::string>;
  EXPECT_EQ(sentences_about(policy_of({})),
            Sentences{"the policy has no rules; write at least one"});
  EXPECT_EQ(sentences_about(policy_of({{{}, text("a"), {}}, {{}, text("b"), {}}})),
            Sentences{"rule 2 is never reached: rule 1 has no `when` and holds for every build"});
  EXPECT_EQ(sentences_about(policy_of({{{when("git.brnch", {"x"}), when("git.tag", {})}, {}, {}}})),
            (Sentences{"rule 1 has no tag",
                       "rule 1: git.brnch is no fact; git has commit, branch, tag, subject, "
                       "author, dirty",
                       "rule 1: git.tag has no value"}));
  auto policy = documented();
  policy.require = {"git.commit", "commit"};
  EXPECT_EQ(sentences_about(policy),
            Sentences{"require: commit is no fact; facts begin with build, git, package, info, "
                      "worker, host or policy"});
}

}  // namespace
}  // namespace rollout
