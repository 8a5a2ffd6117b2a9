// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/options_cli.h"

namespace rollout {

void declare_build_commands(CLI::App& app, Chosen& chosen) {
  CLI::App& group = declare_group(app, {.name = "build",
                                        .summary = "Look into builds",
                                        .example = "  rolloutctl build inspect dist"});
  auto inspect = declare<BuildInspect>(
      group, chosen,
      {.name = "inspect",
       .summary = "What a build would become: modules, settings and where each comes from, digest",
       .example = "  rolloutctl build inspect dist\n"
                  "  rolloutctl build inspect dist --worker shop-api -o json"});
  inspect.app->add_option("DIR", inspect.command->dir, "The build")->required();
  inspect.app->add_option("--worker", inspect.command->worker,
                          "The Worker whose configuration and tagging policy count");
  inspect.app->add_option("--main", inspect.command->main, "The main module");
}

}  // namespace rollout
