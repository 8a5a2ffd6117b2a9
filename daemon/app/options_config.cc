// SPDX-License-Identifier: Apache-2.0
// The commands that need neither a daemon nor Cloudflare.
#include "daemon/app/options_cli.h"

namespace rollout {

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
