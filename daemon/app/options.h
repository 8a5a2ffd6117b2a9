// SPDX-License-Identifier: Apache-2.0
// The command lines of both programs.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "daemon/app/commands.h"
#include "daemon/app/console.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// Options of every rolloutctl command.
struct GlobalOptions {
  std::string config = "/etc/rolloutd/rolloutd.yaml";
  std::string socket = ServiceConfig{}.socket;
  OutputFormat output = OutputFormat::table;
  Console::Manner manner;
  std::optional<Millis> timeout;  ///< Of the whole conversation with the daemon, or of one call.
};

struct CtlOptions {
  GlobalOptions global;
  Invocation command;
};

struct DaemonOptions {
  std::string config = GlobalOptions{}.config;
  std::optional<std::string> state_dir;  ///< Over the configuration's.
  bool verbose = false;
};

/// Nothing is to be run: help was asked for (exit 0, `out`), or the usage is wrong (`err`).
struct NothingToRun {
  int exit = 0;
  std::string out;
  std::string err;
};

/// Says what there is to say; the exit code.
int show(const NothingToRun& nothing, Console& console);

/// `arguments` without the program's name.
std::expected<CtlOptions, NothingToRun> parse_rolloutctl(std::vector<std::string> arguments);
std::expected<DaemonOptions, NothingToRun> parse_rolloutd(std::vector<std::string> arguments);

}  // namespace rollout
