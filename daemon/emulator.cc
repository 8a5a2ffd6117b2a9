// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>

#include "daemon/app/emulator_options.h"
#include "daemon/app/emulator_run.h"

int main(int count, char** words) {
  const auto options = rollout::read_emulator_options(count, words);
  if (!options) {
    const auto& early = options.error();
    std::fputs(early.text.c_str(), early.code == 0 ? stdout : stderr);
    return early.code;
  }
  if (const auto served = rollout::run_emulator(*options); !served) {
    std::fprintf(stderr, "rollout-emulator: %s\n", served.error().c_str());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
