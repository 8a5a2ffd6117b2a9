// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/utf8.h"

#include <algorithm>

namespace rollout {
namespace {

std::size_t announced(unsigned lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return 2;
  return lead < 0xF0 ? 3 : 4;
}

}  // namespace

std::size_t character_bytes(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(text[i]));
  };
  if (text.empty()) return 0;
  const unsigned lead = at(0);
  const std::size_t size = announced(lead);
  if (size < 2) return size;
  if (text.size() < size) return 0;
  // The second byte excludes overlong forms, surrogates and what is beyond U+10FFFF.
  const unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (at(1) < least || at(1) > most) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((at(i) & 0xC0U) != 0x80U) return 0;
  }
  return size;
}

std::string_view after_character(std::string_view text) {
  return text.substr(std::max<std::size_t>(character_bytes(text), 1));
}

}  // namespace rollout
