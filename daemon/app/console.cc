// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/console.h"

#include <fmt/format.h>

#include <istream>
#include <ostream>

#include "daemon/adapters/yaml/problems.h"

namespace rollout {
namespace {

std::string_view color_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::good:
      return "\033[32m";
    case Tone::bad:
      return "\033[31m";
    case Tone::careful:
      return "\033[33m";
    case Tone::faint:
      return "\033[2m";
  }
  return "";
}

}  // namespace

void Console::print(std::string_view line) {
  end_progress();
  streams_.out << line << '\n';
}

void Console::print_json(const Json& value) {
  print(dump_json_pretty(value));
}

void Console::say(std::string_view line) {
  if (manner_.loudness == Loudness::quiet) return;
  error(line);
}

void Console::detail(std::string_view line) {
  if (manner_.loudness == Loudness::verbose) error(line);
}

void Console::error(std::string_view line) {
  end_progress();
  streams_.err << line << '\n' << std::flush;
}

void Console::errors(const std::vector<ConfigError>& errors) {
  // What a daemon says about itself has no file.
  for (const ConfigError& one : errors) error(one.file.empty() ? one.message : describe(one));
}

void Console::progress(std::string_view line) {
  if (!streams_.err_is_terminal || manner_.loudness == Loudness::quiet) return;
  streams_.err << "\r\033[K" << line << std::flush;
  progress_shown_ = true;
}

void Console::end_progress() {
  if (!progress_shown_) return;
  streams_.err << "\r\033[K" << std::flush;
  progress_shown_ = false;
}

void Console::begin_screen() {
  if (streams_.out_is_terminal) streams_.out << "\033[H\033[2J";
}

void Console::flush() {
  streams_.out << std::flush;
}

bool Console::confirm(std::string_view question) {
  if (!streams_.in_is_terminal || !streams_.err_is_terminal) return false;
  end_progress();
  streams_.err << question << " [y/N] " << std::flush;
  std::string answer;
  if (!std::getline(streams_.in, answer)) return false;
  return answer == "y" || answer == "yes";
}

std::string Console::paint(Tone tone, std::string_view text) const {
  if (!manner_.color || !streams_.out_is_terminal || tone == Tone::plain) return std::string(text);
  return fmt::format("{}{}\033[0m", color_of(tone), text);
}

}  // namespace rollout
