// SPDX-License-Identifier: Apache-2.0
// The command line of rollout-emulator.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "daemon/emulator/api.h"
#include "daemon/emulator/cloud_types.h"
#include "daemon/emulator/front.h"
#include "daemon/emulator/rate_limit.h"

namespace rollout {

struct EmulatorOptions {
  FrontAddress listen{.host = "127.0.0.1", .port = 8787};
  std::optional<std::string> port_file;
  std::optional<std::string> data;
  std::optional<std::string> seed;
  std::optional<TlsFiles> tls;
  ApiAccess access;
  std::vector<std::string> workers;
  CloudRules rules;
  RateLimitRule rate_limit;
};

/// What ends the program before it starts: help, the version, or a wrong command line.
struct EarlyExit {
  std::string text;
  int code = 0;
};

std::expected<EmulatorOptions, EarlyExit> read_emulator_options(int count, char** words);

}  // namespace rollout
