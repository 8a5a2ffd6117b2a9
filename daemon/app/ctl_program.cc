// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/commands.h"
#include "daemon/app/options.h"
#include "daemon/app/program.h"
#include "daemon/app/session.h"

namespace rollout {

std::string_view program_version() {
  return ROLLOUT_VERSION;
}

int run_rolloutctl(const std::vector<std::string>& arguments, Console& console) {
  const auto options = parse_rolloutctl(arguments);
  if (!options) return show(options.error(), console);
  console.set_manner(options->global.manner);
  Session session(options->global, console);
  const OrExit<int> exit = std::visit(
      [&session](const auto& command) { return run(command, session); }, options->command);
  return exit ? *exit : exit.error();
}

}  // namespace rollout
