// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/imports.h"

#include <filesystem>

namespace rollout {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || c == '.';
}

void trim_end(std::string_view& text) {
  const auto last = text.find_last_not_of(kBlank);
  text = last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

/// Whether `word` is the last word of `text`, as a whole.
bool ends_with_word(std::string_view text, std::string_view word) {
  return text.ends_with(word) &&
         (text.size() == word.size() || !is_word(text[text.size() - word.size() - 1]));
}

bool introduces_import(std::string_view before) {
  trim_end(before);
  if (before.ends_with('(')) {
    before.remove_suffix(1);
    trim_end(before);
    return ends_with_word(before, "import");
  }
  return ends_with_word(before, "from") || ends_with_word(before, "import");
}

}  // namespace

std::vector<std::string> relative_imports(std::string_view module_name, std::string_view code) {
  const auto folder = std::filesystem::path(module_name).parent_path();
  std::vector<std::string> names;
  for (auto at = code.find_first_of("\"'"); at != std::string_view::npos;
       at = code.find_first_of("\"'", at + 1)) {
    const std::string_view rest = code.substr(at + 1);
    if (!rest.starts_with("./") && !rest.starts_with("../")) continue;
    const auto end = rest.find_first_of("\"'\\\n");
    if (end == std::string_view::npos || rest[end] != code[at]) continue;
    if (!introduces_import(code.substr(0, at))) continue;
    names.push_back((folder / rest.substr(0, end)).lexically_normal().string());
  }
  return names;
}

}  // namespace rollout
