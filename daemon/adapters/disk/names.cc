// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/names.h"

#include <fmt/format.h>

#include <system_error>

namespace rollout {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// The length of the character at the start of `text`; 0 where there is none.
std::size_t character(std::string_view text) {
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 0;
  if (length == 0 || length > text.size()) return 0;
  unsigned code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, i) & 0xC0U) != 0x80U) return 0;
    code = code << 6U | (byte_at(text, i) & 0x3FU);
  }
  constexpr unsigned kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code < kLeast[length] || surrogate || code > 0x10FFFF ? 0 : length;
}

/// The same, and none for control characters.
std::size_t clean_character(std::string_view text) {
  const std::size_t length = character(text);
  const unsigned first = byte_at(text, 0);
  const bool c0 = length == 1 && (first < 0x20 || first == 0x7F);
  const bool c1 = length == 2 && first == 0xC2 && byte_at(text, 1) < 0xA0;
  return c0 || c1 ? 0 : length;
}

bool consists_of(std::string_view text, std::size_t (*characters)(std::string_view)) {
  while (!text.empty()) {
    const std::size_t length = characters(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

bool is_utf8(std::string_view text) {
  return consists_of(text, character);
}

bool is_clean_name(std::string_view name) {
  return consists_of(name, clean_character);
}

std::string shown(std::string_view name) {
  std::string out = "`";
  while (!name.empty()) {
    const std::size_t length = clean_character(name);
    if (length == 0) {
      out += fmt::format("\\x{:02x}", byte_at(name, 0));
      name.remove_prefix(1);
    } else {
      out += name.substr(0, length);
      name.remove_prefix(length);
    }
  }
  return out + "`";
}

bool is_relative_path(std::string_view path) {
  if (!is_clean_name(path)) return false;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

std::string errno_text(int number) {
  return std::generic_category().message(number);
}

}  // namespace rollout
