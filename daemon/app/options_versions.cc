// SPDX-License-Identifier: Apache-2.0
// The operations of the Versions API, by hand.
#include "daemon/app/options_cli.h"

namespace rollout {
namespace {

constexpr const char* kVersionHelp = "v42, a tag, at least 4 digits of an id, or an id";

template <class Command>
void add_worker(Subcommand<Command>& sub) {
  sub.app->add_option("--worker", sub.command->worker,
                      "The Worker; may be left out where only one is configured");
}

constexpr const char* kDryRunHelp = "Send nothing but reads: the transport refuses everything else";

void declare_create(CLI::App& group, Chosen& chosen) {
  auto create = declare<VersionsCreate>(
      group, chosen,
      {.name = "create",
       .summary = "Make one version of a build directory, once, and never retry",
       .example = "  rolloutctl versions create --worker shop-api dist --tag v1.4.0 --dry-run\n"
                  "  rolloutctl versions create --worker shop-api dist --tag v1.4.0 --yes"});
  create.app->add_option("DIR", create.command->dir, "The build")->required();
  create.app->add_option("--worker", create.command->worker, "The Worker's name or id")->required();
  create.app->add_option("--account", create.command->account,
                         "The account, where several are configured and the Worker is not");
  create.app->add_option("--tag", create.command->tag, "At most 100 bytes");
  create.app->add_option("--message", create.command->message,
                         "At most 1000 bytes less the identity trailer");
  create.app->add_option("--main", create.command->main, "The main module");
  create.app->add_flag("--deploy", create.command->deploy, "Send all traffic to it at once");
  add_yes(create);
  add_dry_run(create, kDryRunHelp);
}

void declare_delete(CLI::App& group, Chosen& chosen) {
  auto remove = declare<VersionsDelete>(
      group, chosen,
      {.name = "delete",
       .summary = "Delete versions; what serves traffic is refused",
       .example = "  rolloutctl versions delete --worker shop-api v17 v18"});
  remove.app->add_option("VERSION", remove.command->versions, kVersionHelp)->required();
  add_worker(remove);
  add_yes(remove);
  add_dry_run(remove, kDryRunHelp);
}

}  // namespace

void declare_versions_commands(CLI::App& app, Chosen& chosen) {
  CLI::App& group = declare_group(app, {.name = "versions",
                                        .summary = "List, get, create and delete by hand",
                                        .example = "  rolloutctl versions list --worker shop-api"});
  auto list = declare<VersionsList>(group, chosen,
                                    {.name = "list",
                                     .summary = "All versions, and which of them serve traffic",
                                     .example = "  rolloutctl versions list --worker shop-api"});
  add_worker(list);
  auto get = declare<VersionsGet>(
      group, chosen,
      {.name = "get",
       .summary = "One version with its settings",
       .example = "  rolloutctl versions get --worker shop-api v42 --modules"});
  get.app->add_option("VERSION", get.command->version, kVersionHelp)->required();
  get.app->add_flag("--modules", get.command->modules, "With its modules");
  add_worker(get);
  declare_create(group, chosen);
  declare_delete(group, chosen);
}

}  // namespace rollout
