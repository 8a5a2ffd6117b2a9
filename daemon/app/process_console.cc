// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <iostream>

#include "daemon/app/program.h"

namespace rollout {

Console process_console() {
  return Console({.out = std::cout,
                  .err = std::cerr,
                  .in = std::cin,
                  .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                  .err_is_terminal = isatty(STDERR_FILENO) == 1,
                  .in_is_terminal = isatty(STDIN_FILENO) == 1});
}

}  // namespace rollout
