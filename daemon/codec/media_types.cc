// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/media_types.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "daemon/codec/media_types_table.h"

namespace rollout {
namespace {

using Table = std::map<std::string, std::string_view, std::less<>>;

/// The next word of a line, which loses it; empty at its end.
std::string_view take_word(std::string_view& line) {
  constexpr std::string_view kBlanks = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

/// `type extension extension ...` in each line; the first one to name an extension has it.
Table read_table(std::string_view text) {
  Table table;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('#')) continue;
    const std::string_view type = take_word(line);
    for (auto name = take_word(line); !name.empty(); name = take_word(line)) {
      table.emplace(name, type);
    }
  }
  return table;
}

}  // namespace

std::string_view extension_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot + 1);
}

std::optional<std::string> media_type(std::string_view path) {
  static const Table kTable = read_table(media_types_table());
  std::string extension(extension_of(path));
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto found = kTable.find(extension);
  if (extension.empty() || found == kTable.end()) return std::nullopt;
  std::string type(found->second);
  if (type.starts_with("text/")) type += "; charset=utf-8";
  return type;
}

}  // namespace rollout
