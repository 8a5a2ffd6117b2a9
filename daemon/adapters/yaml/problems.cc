// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "daemon/adapters/yaml/utf8.h"

namespace rollout {
namespace {

constexpr std::size_t kWidest = 120;  // Characters of an excerpt.

// Cloudflare's tokens have 40 characters and more; account ids have 32 and may be shown.
constexpr std::size_t kTokenLength = 37;

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

std::string_view line_of(std::string_view text, std::size_t number) {
  for (std::size_t line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::string_view key_before(std::string_view line, std::size_t colon) {
  line = line.substr(0, colon);
  while (!line.empty() && (line.back() == '"' || line.back() == '\'')) line.remove_suffix(1);
  const auto word = std::find_if_not(line.rbegin(), line.rend(), in_word);
  return line.substr(static_cast<std::size_t>(line.rend() - word));
}

// In the binding of a secret every key is suspect, because the one that holds it may be mistyped.
bool holds_secret(std::string_view key, bool secret_binding) {
  if (key == "name" || key == "type") return false;
  return secret_binding || key == "text" || key == "key_base64" || key.contains("token") ||
         key.contains("secret") || key.contains("password");
}

// Masks the text that follows `key:`, up to the end of its entry. A map or list is left as it is.
void mask_value(std::string& line, std::size_t from) {
  from = line.find_first_not_of(' ', from);
  if (from == std::string::npos || line[from] == '{' || line[from] == '[') return;
  const char quote = line[from] == '"' || line[from] == '\'' ? line[from] : '\0';
  std::size_t end = quote != '\0' ? line.find(quote, from + 1) : line.find_first_of(",}]#", from);
  if (end == std::string::npos) end = line.size();
  while (end > from && line[end - 1] == ' ') --end;
  std::fill(line.begin() + static_cast<std::ptrdiff_t>(from),
            line.begin() + static_cast<std::ptrdiff_t>(end), '*');
}

void mask_long_runs(std::string& line) {
  for (auto begin = line.begin(); begin != line.end();) {
    begin = std::find_if(begin, line.end(), in_word);
    const auto end = std::find_if_not(begin, line.end(), in_word);
    if (end - begin >= static_cast<std::ptrdiff_t>(kTokenLength)) std::fill(begin, end, '*');
    begin = end;
  }
}

bool shows_before(const ConfigError& a, const ConfigError& b) {
  return std::tie(a.line, a.column) < std::tie(b.line, b.column);
}

}  // namespace

std::string mask_secrets(std::string line) {
  const bool secret_binding = line.contains("secret_");
  for (std::size_t colon = line.find(':'); colon != std::string::npos;
       colon = line.find(':', colon + 1)) {
    if (holds_secret(key_before(line, colon), secret_binding)) mask_value(line, colon + 1);
  }
  mask_long_runs(line);
  return line;
}

std::string excerpt(std::string_view text, const Place& place) {
  if (place.line == 0) return {};
  std::string line = mask_secrets(std::string(line_of(text, place.line)));
  std::replace(line.begin(), line.end(), '\t', ' ');
  const std::size_t length = count_characters(line);
  std::size_t column = std::clamp<std::size_t>(place.column, 1, length + 1);
  if (column > kWidest) {
    const std::size_t cut = column - kWidest / 2;
    line.erase(0, byte_of_character(line, cut));
    column -= cut;
  }
  line.erase(byte_of_character(line, kWidest));
  const std::size_t room = count_characters(line) + 1 - std::min(column, count_characters(line));
  const std::size_t carets = std::clamp<std::size_t>(place.width, 1, room);
  return fmt::format("{:>6} | {}\n{:>6} | {:>{}}{:^>{}}", place.line, line, "", "", column - 1, "",
                     carets);
}

void Problems::add(const Place& place, Mistake mistake, std::string message) {
  ConfigError error{.code = std::string(to_string(mistake)),
                    .message = std::move(message),
                    .file = source_.file,
                    .line = place.line,
                    .column = place.line == 0 ? 0 : place.column,
                    .excerpt = excerpt(source_.text, place)};
  const bool known = std::any_of(errors_.begin(), errors_.end(), [&error](const ConfigError& old) {
    return old.line == error.line && old.column == error.column && old.message == error.message;
  });
  if (!known) errors_.push_back(std::move(error));
}

void Problems::add(const Place& place, Finding finding) {
  add(place, finding.mistake, std::move(finding.message));
}

std::vector<ConfigError> Problems::take() {
  std::stable_sort(errors_.begin(), errors_.end(), shows_before);
  return std::move(errors_);
}

std::string describe(const ConfigError& error) {
  std::string where = error.file;
  if (error.line != 0) where += fmt::format(":{}:{}", error.line, error.column);
  return fmt::format("{}: {}{}{}", where, error.message, error.excerpt.empty() ? "" : "\n",
                     error.excerpt);
}

}  // namespace rollout
