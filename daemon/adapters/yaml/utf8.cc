// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/utf8.h"

#include <algorithm>

#include "daemon/core/policy/utf8.h"

namespace rollout {
namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (first < 0x20) return first != '\t' && first != '\n' && first != '\r';
  if (first == 0x7F) return true;
  return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;  // U+0080 to U+009F
}

}  // namespace

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::size_t byte_of_character(std::string_view text, std::size_t index) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!continues(text[i]) && seen++ == index) return i;
  }
  return text.size();
}

std::optional<BadByte> find_bad_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_bytes(text.substr(i));
    if (length == 0) return BadByte{BadByte::Why::not_utf8, i};
    if (is_control(text.substr(i, length))) return BadByte{BadByte::Why::control, i};
    i += length;
  }
  return std::nullopt;
}

}  // namespace rollout
