// SPDX-License-Identifier: Apache-2.0
// The commands that need neither a daemon nor Cloudflare.
#include "daemon/app/options_cli.h"

namespace rollout {
namespace {

void declare_policy_commands(CLI::App& app, Chosen& chosen) {
  CLI::App& group =
      declare_group(app, {.name = "policy",
                          .summary = "Try a policy before it is used",
                          .example = "  rolloutctl policy tag policies/release.yaml dist"});
  auto preview = declare<PolicyPreview>(
      group, chosen,
      {.name = "preview",
       .summary = "Verdicts of a retention policy over a recorded list, without network",
       .example = "  rolloutctl versions list --worker shop-api -o json > list.json\n"
                  "  rolloutctl policy preview policies/production.yaml --versions list.json"});
  preview.app->add_option("FILE", preview.command->policy, "The retention policy")->required();
  preview.app
      ->add_option("--versions", preview.command->versions,
                   "The recorded list: what `versions list -o json` prints")
      ->required();
  preview.app
      ->add_option_function<std::string>(
          "--at",
          [command = preview.command](const std::string& text) {
            command->at = parse_rfc3339(text);
          },
          "Judge as of this time instead of now")
      ->check(check_instant);
  auto test = declare<PolicyTest>(
      group, chosen,
      {.name = "test",
       .summary = "Run the tests inside policies, of either kind",
       .example = "  rolloutctl policy test policies/*.yaml --junit results.xml"});
  test.app->add_option("FILE", test.command->policies, "Policies")->required();
  test.app->add_option("--run", test.command->run, "Only tests whose name has this expression");
  test.app->add_option("--junit", test.command->junit, "Write the results for a CI system here");
  auto tag = declare<PolicyTag>(
      group, chosen,
      {.name = "tag",
       .summary = "The tag and message that a build would get, and from which facts; no network",
       .example = "  rolloutctl policy tag policies/release.yaml dist"});
  tag.app->add_option("POLICY", tag.command->policy, "The tagging policy")->required();
  tag.app->add_option("DIR", tag.command->dir, "The build")->required();
  tag.app->add_option("--worker", tag.command->worker, "Value of the fact `worker.name`");
}

}  // namespace

void declare_config_commands(CLI::App& app, Chosen& chosen) {
  CLI::App& config = declare_group(app, {.name = "config",
                                         .summary = "Check and show the configuration",
                                         .example = "  rolloutctl config check"});
  auto check = declare<ConfigCheck>(
      config, chosen,
      {.name = "check",
       .summary = "Read the configuration and all policies; every error at once",
       .example = "  rolloutctl config check\n  rolloutctl config check policies/production.yaml"});
  check.app->add_option("FILE", check.command->files,
                        "Policies, each on its own, or a configuration with all it needs");
  check.app->add_flag("--online", check.command->online,
                      "Also ask Cloudflare for each Worker, and look at each build directory");
  check.app->add_flag("--lint-fatal", check.command->lint_fatal, "Exit 3 where there are warnings");
  auto show = declare<ConfigShow>(
      config, chosen,
      {.name = "show",
       .summary = "The effective configuration, with the place that each value comes from",
       .example = "  rolloutctl config show --worker shop-api"});
  show.app->add_option("--worker", show.command->workers, "Only this Worker");

  auto schema = declare<ConfigSchema>(
      config, chosen,
      {.name = "schema",
       .summary = "The JSON Schema of a document, for an editor",
       .example = "  rolloutctl config schema --for retention > retention.schema.json"});
  schema.app->add_option("--for", schema.command->document, "The document")
      ->check(CLI::IsMember({"config", "retention", "tagging"}))
      ->capture_default_str();

  declare_policy_commands(app, chosen);

  auto mark = declare<MarkBuild>(
      app, chosen,
      {.name = "mark",
       .summary = "Declare a build finished: write its marker, .rollout.json",
       .example = "  wrangler deploy --dry-run --outdir dist && rolloutctl mark dist --git"});
  mark.app->add_option("DIR", mark.command->dir, "The build")->required();
  mark.app->add_flag("--git", mark.command->git, "Record commit, branch, tag, subject and author");
  mark.app->add_option("--main", mark.command->main, "The main module");
  add_dry_run(mark, "Say what the marker would declare, and write none");

  declare<ShowVersion>(app, chosen,
                       {.name = "version",
                        .summary = "The version of this program",
                        .example = "  rolloutctl version"});
}

}  // namespace rollout
