// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "daemon/core/model/exit_codes.h"
#include "tests/app/support.h"

namespace rollout {
namespace {

using Words = std::vector<std::string>;

template <class Command>
Command parsed(const Words& words) {
  const auto options = parse_rolloutctl(words);
  if (!options) {
    ADD_FAILURE() << options.error().err;
    return {};
  }
  if (const auto* command = std::get_if<Command>(&options->command)) return *command;
  ADD_FAILURE() << "another command was chosen";
  return {};
}

TEST(Options, GlobalFlagsStandBeforeAndAfterTheCommand) {
  for (const Words& words : {Words{"-o", "json", "-c", "x.yaml", "--timeout", "20s", "reload"},
                             Words{"reload", "-o", "json", "-c", "x.yaml", "--timeout", "20s"}}) {
    const auto options = parse_rolloutctl(words);
    ASSERT_TRUE(options) << options.error().err;
    EXPECT_EQ(options->global.output, OutputFormat::json);
    EXPECT_EQ(options->global.config, "x.yaml");
    EXPECT_EQ(options->global.timeout, Millis(20'000));
    EXPECT_TRUE(std::holds_alternative<Reload>(options->command));
  }
}

TEST(Options, QuietAndNoColor) {
  const auto options = parse_rolloutctl({"-q", "--no-color", "version"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->global.manner.loudness, Console::Loudness::quiet);
  EXPECT_FALSE(options->global.manner.color);
}

TEST(Options, Plan) {
  const auto plan = parsed<ShowPlan>({"plan", "--local", "--detailed-exitcode", "a", "b"});
  EXPECT_EQ(plan.workers, (Words{"a", "b"}));
  EXPECT_TRUE(plan.local);
  EXPECT_TRUE(plan.detailed_exit);
}

TEST(Options, VersionsCreate) {
  const auto create =
      parsed<VersionsCreate>({"versions", "create", "--worker", "shop", "dist", "--tag", "v1",
                              "--message", "m", "--deploy", "--dry-run"});
  EXPECT_EQ(create.worker, "shop");
  EXPECT_EQ(create.dir, "dist");
  EXPECT_EQ(create.tag, "v1");
  EXPECT_EQ(create.message, "m");
  EXPECT_TRUE(create.deploy);
  EXPECT_EQ(create.writes, Writes::dry_run);
}

TEST(Options, VersionsDeleteAsksUnlessToldNotTo) {
  EXPECT_EQ(parsed<VersionsDelete>({"versions", "delete", "v1"}).consent, Consent::ask);
  const auto remove = parsed<VersionsDelete>({"versions", "delete", "v1", "v2", "--yes"});
  EXPECT_EQ(remove.consent, Consent::given);
  EXPECT_EQ(remove.versions, (Words{"v1", "v2"}));
}

TEST(Options, PolicyPreviewTakesATime) {
  const auto preview = parsed<PolicyPreview>(
      {"policy", "preview", "p.yaml", "--versions", "l.json", "--at", "2026-03-10T12:00:00Z"});
  EXPECT_EQ(preview.at, parse_rfc3339("2026-03-10T12:00:00Z"));
}

TEST(Options, ExplainTakesAVersionWithOrWithoutItsNoun) {
  EXPECT_EQ(parsed<Explain>({"explain", "v31"}).subject, (Words{"v31"}));
  EXPECT_EQ(parsed<Explain>({"explain", "version", "v31"}).subject, (Words{"version", "v31"}));
  for (const Words& words : {Words{"explain", "v31", "--worker", "shop"},
                             Words{"explain", "--worker", "shop", "version", "v31"}}) {
    EXPECT_EQ(parsed<Explain>(words).worker, "shop");
    EXPECT_EQ(parsed<Explain>(words).subject.back(), "v31");
  }
}

TEST(Options, SteeringTakesItsReason) {
  EXPECT_EQ(parsed<SetPin>({"pin", "v1", "--reason", "audit"}).reason, "audit");
  EXPECT_EQ(parsed<Suspend>({"suspend", "shop", "--reason", "r", "--until", "2h"}).until, "2h");
  EXPECT_EQ(parsed<MarkBuild>({"mark", "dist", "--git", "--main", "a.js"}).main, "a.js");
  const auto apply = parsed<ApplyPlan>({"apply", "p-7f3a90c1", "--worker", "shop", "--yes"});
  EXPECT_EQ(apply.plan, "p-7f3a90c1");
  EXPECT_EQ(apply.worker, "shop");
  EXPECT_EQ(apply.consent, Consent::given);
}

class WrongUsage : public testing::TestWithParam<Words> {};

TEST_P(WrongUsage, Exits64AndSaysSoOnStderr) {
  const Ran ran = run_ctl(GetParam());
  EXPECT_EQ(ran.exit, kExitUsage);
  EXPECT_EQ(ran.out, "");
  EXPECT_NE(ran.err, "");
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongUsage,
    testing::Values(Words{}, Words{"frobnicate"}, Words{"versions"}, Words{"plan", "--loud"},
                    Words{"-o", "xml", "version"}, Words{"--timeout", "5m", "version"},
                    Words{"--timeout", "1mo", "version"}, Words{"pin", "v1"},
                    Words{"suspend", "shop"},
                    Words{"suspend", "shop", "--reason", "r", "--until", "tomorrow"},
                    Words{"versions", "create", "dist"}, Words{"policy", "preview", "p.yaml"},
                    Words{"policy", "preview", "p", "--versions", "l", "--at", "noon"},
                    Words{"-q", "-v", "version"}, Words{"explain", "a", "b"}),
    [](const testing::TestParamInfo<Words>& one) { return std::to_string(one.index); });

TEST(Options, AnUnknownCommandIsNamedWithAGuess) {
  const auto says = [](const Words& words, const std::string& sentence) {
    const Ran ran = run_ctl(words);
    EXPECT_EQ(ran.exit, kExitUsage);
    EXPECT_TRUE(ran.err.contains(sentence)) << ran.err;
    EXPECT_FALSE(ran.err.contains("A subcommand is required")) << ran.err;
  };
  says({"statsu"}, "unknown command `statsu`; did you mean \"status\"?");
  says({"-c", "plan", "-v", "frobnicate"}, "unknown command `frobnicate`; known: plan, status");
  says({"versions", "--timeout", "1s", "lst"},
       "unknown command `versions lst`; did you mean \"list\"?");
  says({"help", "statsu"}, "unknown command `statsu`");
}

TEST(Options, HelpOfACommandIsAWordToo) {
  EXPECT_EQ(run_ctl({"help", "versions", "create"}).out,
            run_ctl({"versions", "create", "--help"}).out);
  EXPECT_EQ(run_ctl({"-v", "help"}).out, run_ctl({"--help"}).out);
}

TEST(Options, TheVersionIsAFlagToo) {
  const Ran ran = run_ctl({"--version"});
  EXPECT_EQ(ran.exit, kExitOk);
  EXPECT_TRUE(ran.out.starts_with("rolloutctl ")) << ran.out;
  EXPECT_EQ(parse_rolloutd({"--version"}).error().exit, kExitOk);
}

TEST(Options, HelpHasNoNotesOfTheParser) {
  for (const char* noise : {"(1x)", "TEXT", "REQUIRED", "Excludes", "Env:", "--help VALUE"}) {
    EXPECT_FALSE(run_ctl({"--help"}).out.contains(noise)) << noise;
    EXPECT_FALSE(run_ctl({"explain", "--help"}).out.contains(noise)) << noise;
    EXPECT_FALSE(run_ctl({"pin", "--help"}).out.contains(noise)) << noise;
  }
}

TEST(Options, AGroupsExampleIsItsOwn) {
  for (const char* group : {"build", "config", "policy", "versions"})
    EXPECT_TRUE(
        run_ctl({group, "--help"}).out.contains(std::string("Example:\n  rolloutctl ") + group))
        << group;
}

class Help : public testing::TestWithParam<std::string> {};

TEST_P(Help, IsAsWritten) {
  Words words;
  std::string name = "help";
  std::istringstream line(GetParam());
  for (std::string word; line >> word;) {
    words.push_back(word);
    name += '-' + word;
  }
  words.emplace_back("--help");
  const Ran ran = run_ctl(words);
  EXPECT_EQ(ran.exit, kExitOk);
  EXPECT_EQ(ran.err, "");
  EXPECT_TRUE(matches_golden(name, ran.out));
}

const std::vector<std::string> kGroups = {"build", "config", "policy", "versions"};
const std::vector<std::string> kCommands = {"",
                                            "config check",
                                            "config show",
                                            "config schema",
                                            "policy preview",
                                            "policy replay",
                                            "policy diff",
                                            "policy tag",
                                            "policy test",
                                            "build inspect",
                                            "mark",
                                            "version",
                                            "versions list",
                                            "versions get",
                                            "versions create",
                                            "versions delete",
                                            "plan",
                                            "apply",
                                            "status",
                                            "reconcile",
                                            "explain",
                                            "pin",
                                            "unpin",
                                            "suspend",
                                            "resume",
                                            "reload"};

std::string name_of(const testing::TestParamInfo<std::string>& one) {
  std::string name = "rolloutctl_" + one.param;
  std::ranges::replace(name, ' ', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Groups, Help, testing::ValuesIn(kGroups), name_of);
INSTANTIATE_TEST_SUITE_P(Commands, Help, testing::ValuesIn(kCommands), name_of);

TEST(Options, EveryCommandsHelpHasAnExample) {
  for (const std::string& command : kCommands) {
    Words words;
    std::istringstream line(command);
    for (std::string word; line >> word;) words.push_back(word);
    words.emplace_back("--help");
    EXPECT_TRUE(run_ctl(words).out.contains("Example:\n  ")) << command;
  }
}

TEST(DaemonOptions, AreFew) {
  const auto options = parse_rolloutd({"-c", "x.yaml", "--state-dir", "/s", "--verbose"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->config, "x.yaml");
  EXPECT_EQ(options->state_dir, "/s");
  EXPECT_TRUE(options->verbose);
}

TEST(DaemonOptions, WrongUsageExits64) {
  const auto options = parse_rolloutd({"--daemonize"});
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().exit, kExitUsage);
}

}  // namespace
}  // namespace rollout
