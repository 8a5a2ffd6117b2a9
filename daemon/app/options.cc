// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "daemon/app/command_words.h"
#include "daemon/app/options_cli.h"
#include "daemon/app/program.h"
#include "daemon/core/model/exit_codes.h"
#include "daemon/core/policy/duration.h"

namespace rollout {
namespace {

/// What the global flags say before they are checked as a whole.
struct RawGlobals {
  GlobalOptions options;
  std::string output = "table";
  std::string timeout;
  bool quiet = false;
  bool verbose = false;
  bool no_color = false;
};

void declare_globals(CLI::App& app, RawGlobals& raw) {
  app.add_option("-c,--config", raw.options.config, "The configuration")
      ->envname("ROLLOUTD_CONFIG")
      ->capture_default_str();
  app.add_option("-o,--output", raw.output, "Form of the output")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  app.add_option("--socket", raw.options.socket, "The daemon's control socket")
      ->envname("ROLLOUTD_SOCKET")
      ->capture_default_str();
  app.add_option("--timeout", raw.timeout, "How long to wait for an answer, such as 20s")
      ->check(check_duration);
  app.add_flag("-v,--verbose", raw.verbose, "Say more");
  app.add_flag("-q,--quiet", raw.quiet, "Say only what went wrong")->excludes("--verbose");
  app.add_flag("--no-color", raw.no_color, "No colours (also: NO_COLOR)");
}

GlobalOptions finish(RawGlobals raw) {
  GlobalOptions options = std::move(raw.options);
  if (raw.output == "json") options.output = OutputFormat::json;
  if (raw.quiet) options.manner.loudness = Console::Loudness::quiet;
  if (raw.verbose) options.manner.loudness = Console::Loudness::verbose;
  const char* plain = std::getenv("NO_COLOR");
  options.manner.color = !raw.no_color && (plain == nullptr || *plain == '\0');
  if (!raw.timeout.empty()) options.timeout = parse_duration(raw.timeout)->exact;
  return options;
}

/// Runs CLI11 over the arguments; its exceptions end here.
std::optional<NothingToRun> parse(CLI::App& app, std::vector<std::string> arguments) {
  std::ranges::reverse(arguments);  // CLI11 takes them from the back.
  try {
    app.parse(std::move(arguments));
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int exit = app.exit(error, out, err);
    return NothingToRun{
        .exit = exit == 0 ? kExitOk : kExitUsage, .out = out.str(), .err = err.str()};
  }
}

}  // namespace

CLI::App& declare_group(CLI::App& parent, const HelpText& help) {
  CLI::App* group = parent.add_subcommand(help.name, help.summary);
  group->footer("Example:\n" + help.example);
  group->require_subcommand(1);
  return *group;
}

std::string check_instant(const std::string& text) {
  return parse_rfc3339(text) ? "" : "must be a time such as 2026-03-10T12:00:00Z";
}

std::string check_duration(const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration) return duration.error();
  return duration->years == 0 && duration->months == 0 ? ""
                                                       : "months and years have no exact length";
}

int show(const NothingToRun& nothing, Console& console) {
  if (!nothing.out.empty()) console.print(nothing.out);
  if (!nothing.err.empty()) console.error(nothing.err);
  return nothing.exit;
}

std::expected<CtlOptions, NothingToRun> parse_rolloutctl(std::vector<std::string> arguments) {
  CLI::App app(
      "Looks after the versions of Cloudflare Workers: asks a running rolloutd, or works\n"
      "without one (build, config, policy, mark, versions, plan --local, version).",
      "rolloutctl");
  app.formatter(std::make_shared<PlainHelp>());
  app.set_version_flag("--version", fmt::format("rolloutctl {}", program_version()));
  app.require_subcommand(1);
  app.fallthrough();
  app.footer("Example:\n  rolloutctl plan shop-api\n  rolloutctl versions list --worker shop-api");
  RawGlobals raw;
  declare_globals(app, raw);
  Chosen chosen;
  declare_daemon_commands(app, chosen);
  declare_build_commands(app, chosen);
  declare_versions_commands(app, chosen);
  declare_config_commands(app, chosen);
  app.add_subcommand("help", "How to use a command: rolloutctl help versions create")
      ->footer("Example:\n  rolloutctl help versions create");
  arguments = ask_for_help(app, std::move(arguments));
  if (auto unknown = unknown_command(app, arguments))
    return std::unexpected(NothingToRun{.exit = kExitUsage, .out = "", .err = *std::move(unknown)});
  if (auto nothing = parse(app, std::move(arguments))) return std::unexpected(*std::move(nothing));
  return CtlOptions{.global = finish(std::move(raw)), .command = *std::move(chosen)};
}

std::expected<DaemonOptions, NothingToRun> parse_rolloutd(std::vector<std::string> arguments) {
  CLI::App app(
      "Turns finished builds into annotated Cloudflare Worker versions and prunes old ones "
      "by policy.\nRuns in the foreground.",
      "rolloutd");
  app.formatter(std::make_shared<PlainHelp>());
  app.set_version_flag("--version", fmt::format("rolloutd {}", program_version()));
  app.footer("Example:\n  rolloutd -c /etc/rolloutd/rolloutd.yaml");
  DaemonOptions options;
  app.add_option("-c,--config", options.config, "The configuration")->capture_default_str();
  app.add_option("--state-dir", options.state_dir, "Where the journals are kept");
  app.add_flag("-v,--verbose", options.verbose, "Log what changed nothing, too");
  if (auto nothing = parse(app, std::move(arguments))) return std::unexpected(*std::move(nothing));
  return options;
}

}  // namespace rollout
