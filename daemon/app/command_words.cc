// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/command_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/adapters/yaml/nearest.h"

namespace rollout {
namespace {

using Words = std::vector<std::string>;

/// Whether the next argument is the value of this one.
bool takes_next(const CLI::App& app, const std::string& argument) {
  if (argument.contains('=')) return false;
  const CLI::Option* option = app.get_option_no_throw(argument);
  return option != nullptr && option->get_expected_min() > 0;
}

/// The place of the first argument from `at` on that is no option and no option's value.
std::size_t next_word(const CLI::App& app, const Words& arguments, std::size_t at) {
  for (; at < arguments.size() && arguments[at].starts_with('-'); ++at)
    if (takes_next(app, arguments[at])) ++at;
  return std::min(at, arguments.size());
}

Words names_of(const CLI::App& group) {
  Words names;
  for (const CLI::App* command : group.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

/// `TEXT:{table,json}` -> `{table,json}`; the type alone says nothing.
std::string values_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t brace = type.find('{');
  return brace == std::string::npos ? "VALUE" : type.substr(brace);
}

}  // namespace

Words ask_for_help(const CLI::App& app, Words arguments) {
  const std::size_t at = next_word(app, arguments, 0);
  if (at == arguments.size() || arguments[at] != "help") return arguments;
  arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(at));
  arguments.emplace_back("--help");
  return arguments;
}

std::optional<std::string> unknown_command(const CLI::App& app, const Words& arguments) {
  const CLI::App* group = &app;
  std::string path;
  std::size_t at = 0;
  for (;;) {
    const Words known = names_of(*group);
    at = next_word(app, arguments, at);
    if (known.empty() || at == arguments.size()) return std::nullopt;
    const std::string& word = arguments[at++];
    if (std::ranges::find(known, word) == known.end()) {
      const std::string guess = did_you_mean(word, known);
      return fmt::format("unknown command `{}{}`{}", path, word,
                         guess.empty() ? known_names(known) : guess);
    }
    group = group->get_subcommand(word);
    path += word + ' ';
  }
}

std::string PlainHelp::make_option_opts(const CLI::Option* option) const {
  std::string text;
  if (option->get_expected_min() > 0 && option->nonpositional()) {
    text += ' ' + values_of(*option);
    if (!option->get_default_str().empty())
      text += fmt::format(" (default {})", option->get_default_str());
    if (option->get_required()) text += " (required)";
  }
  if (!option->get_envname().empty()) text += fmt::format(" (${})", option->get_envname());
  return text;
}

std::string PlainHelp::make_option_usage(const CLI::Option* option) const {
  std::string text = make_option_name(option, true);
  if (option->get_expected_max() >= CLI::detail::expected_max_vector_size) text += "...";
  return option->get_required() ? text : '[' + text + ']';
}

}  // namespace rollout
