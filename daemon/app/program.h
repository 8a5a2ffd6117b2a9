// SPDX-License-Identifier: Apache-2.0
// Both programs as functions: what their mains call, and what tests call in their place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/console.h"

namespace rollout {

/// `0.1.0`
std::string_view program_version();

/// The commit that it was built from; `unknown` where the build was not told.
std::string_view program_revision();

/// Runs one command line, without the program's name; the exit code.
int run_rolloutctl(const std::vector<std::string>& arguments, Console& console);

/// Runs the daemon until it is told to stop; the exit code.
int run_rolloutd(const std::vector<std::string>& arguments, Console& console);

/// The console of this process: its three standard streams.
Console process_console();

}  // namespace rollout
