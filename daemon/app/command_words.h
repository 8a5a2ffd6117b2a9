// SPDX-License-Identifier: Apache-2.0
// The words of a command line that name a command, and help that is written for people.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/app/options_cli.h"

namespace rollout {

/// `help versions create` becomes `versions create --help`.
std::vector<std::string> ask_for_help(const CLI::App& app, std::vector<std::string> arguments);

/// A sentence about the first word that should name a command and does not.
std::optional<std::string> unknown_command(const CLI::App& app,
                                           const std::vector<std::string>& arguments);

/// Help without the parser's notes to itself.
class PlainHelp final : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_usage(const CLI::Option* option) const override;
};

}  // namespace rollout
