// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <tuple>

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

constexpr std::string_view kStructure = " \t{}[],\"'";

/// A run of characters of a line that YAML does not use for structure.
struct Word {
  std::size_t from = 0;
  std::size_t to = 0;
  bool key = false;  // A colon follows.
};

// Up to the comment, if there is one. A quoted text may be several words.
std::vector<Word> words_of(std::string_view line) {
  const auto ends_key = [line](std::size_t at) {
    return line[at] == ':' && (at + 1 == line.size() || kStructure.contains(line[at + 1]));
  };
  std::vector<Word> out;
  for (std::size_t at = 0; at < line.size();) {
    if (kStructure.contains(line[at]) || ends_key(at)) {
      ++at;
      continue;
    }
    if (line[at] == '#' && (at == 0 || line[at - 1] == ' ')) break;
    Word word{at, at, false};
    while (at < line.size() && !kStructure.contains(line[at]) && !ends_key(at)) ++at;
    word.to = at;
    const std::size_t next = std::min(line.find_first_not_of("\"'", at), line.size());
    word.key = next < line.size() && ends_key(next);
    if (line.substr(word.from, word.to - word.from) != "-") out.push_back(word);
  }
  return out;
}

bool suspect_key(std::string_view key) {
  return key.contains("tok") || key.contains("secret") || key.contains("passw");
}

// On a suspect line every value is suspect, because the key that holds it may be mistyped.
void mask_values(std::string& line) {
  const std::vector<Word> words = words_of(line);
  const std::string shown = line;
  const auto text = [&shown](const Word& word) {
    return std::string_view(shown).substr(word.from, word.to - word.from);
  };
  const bool suspect =
      shown.contains("secret_") || std::any_of(words.begin(), words.end(), [&](const Word& word) {
        return word.key && suspect_key(text(word));
      });
  std::string_view key;
  for (const Word& word : words) {
    if (word.key) {
      key = text(word);
      continue;
    }
    const bool safe =
        key.empty() || key == "name" || key == "type" || key == "credential" || key == "file";
    if ((suspect && !safe) || key == "text" || key == "key_base64") {
      line.replace(word.from, word.to - word.from, word.to - word.from, '*');
    }
  }
}

void mask_long_runs(std::string& line) {
  for (auto begin = line.begin(); begin != line.end();) {
    begin = std::find_if(begin, line.end(), in_word);
    const auto end = std::find_if_not(begin, line.end(), in_word);
    if (end - begin >= static_cast<std::ptrdiff_t>(kTokenLength)) std::fill(begin, end, '*');
    begin = end;
  }
}

/// What no terminal and no JSON may be given, as one replacement character each.
void replace_bad_bytes(std::string& line) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  while (const auto bad = find_bad_byte(line)) {
    const bool two = bad->why == BadByte::Why::control && line[bad->offset] == '\xC2';
    line.replace(bad->offset, two ? 2 : 1, kReplacement);
  }
}

bool shows_before(const ConfigError& a, const ConfigError& b) {
  return std::tie(a.line, a.column, a.message) < std::tie(b.line, b.column, b.message);
}

}  // namespace

std::string mask_secrets(std::string line) {
  mask_values(line);
  mask_long_runs(line);
  return line;
}

std::string excerpt(std::string_view text, const Place& place) {
  if (place.line == 0) return {};
  std::string line = mask_secrets(std::string(line_of(text, place.line)));
  std::replace(line.begin(), line.end(), '\t', ' ');
  replace_bad_bytes(line);
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
  std::sort(errors_.begin(), errors_.end(), shows_before);
  return std::move(errors_);
}

std::string describe(const ConfigError& error) {
  std::string where = error.file;
  if (error.line != 0) where += fmt::format(":{}:{}", error.line, error.column);
  return fmt::format("{}: {}{}{}", where, error.message, error.excerpt.empty() ? "" : "\n",
                     error.excerpt);
}

}  // namespace rollout
