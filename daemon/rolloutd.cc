// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/program.h"

int main(int argc, char** argv) {
  rollout::Console console = rollout::process_console();
  return rollout::run_rolloutd({argv + 1, argv + argc}, console);
}
