// SPDX-License-Identifier: Apache-2.0
// Builds the emulator from its options and serves until SIGTERM or SIGINT.
#pragma once

#include <expected>
#include <string>

#include "daemon/app/emulator_options.h"

namespace rollout {

/// Blocks the signals that end it in this thread and all that it starts. The error is a sentence.
std::expected<void, std::string> run_emulator(const EmulatorOptions& options);

}  // namespace rollout
