// SPDX-License-Identifier: Apache-2.0
// What the files that declare options share. CLI11 compiles slowly: only they include it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "daemon/app/commands.h"
#include "daemon/app/options.h"

namespace rollout {

/// Where the parser leaves the command that was named.
using Chosen = std::optional<Invocation>;

/// One subcommand: its options are bound to `command`, which is copied to `chosen` at the end.
template <class Command>
struct Subcommand {
  CLI::App* app;
  std::shared_ptr<Command> command;
};

struct HelpText {
  std::string name;
  std::string summary;
  std::string example;  ///< Complete command lines.
};

template <class Command>
Subcommand<Command> declare(CLI::App& parent, Chosen& chosen, const HelpText& help) {
  auto command = std::make_shared<Command>();
  CLI::App* app = parent.add_subcommand(help.name, help.summary);
  app->footer("Example:\n" + help.example);
  app->callback([command, &chosen] { chosen = *command; });
  return {app, std::move(command)};
}

/// `--dry-run`, for what writes.
template <class Command>
void add_dry_run(Subcommand<Command>& sub, const std::string& help) {
  sub.app->add_flag_callback(
      "--dry-run", [command = sub.command] { command->writes = Writes::dry_run; }, help);
}

/// `--yes`, for what asks first.
template <class Command>
void add_yes(Subcommand<Command>& sub) {
  sub.app->add_flag_callback(
      "--yes", [command = sub.command] { command->consent = Consent::given; },
      "Do not ask; needed without a terminal");
}

/// Adds a group of commands, such as `versions`.
CLI::App& declare_group(CLI::App& parent, const HelpText& help);

void declare_config_commands(CLI::App& app, Chosen& chosen);
void declare_build_commands(CLI::App& app, Chosen& chosen);
void declare_policy_commands(CLI::App& app, Chosen& chosen);
void declare_versions_commands(CLI::App& app, Chosen& chosen);
void declare_daemon_commands(CLI::App& app, Chosen& chosen);

/// `2026-03-10T12:00:00Z`; an error sentence or nothing.
std::string check_instant(const std::string& text);
/// `20s`, `1h30min`.
std::string check_duration(const std::string& text);

}  // namespace rollout
