// SPDX-License-Identifier: Apache-2.0
// Characters of UTF-8, so that columns and carets count what a person sees.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace rollout {

std::size_t count_characters(std::string_view text);

/// The byte at which the character with this index (from 0) begins; the size where there is none.
std::size_t byte_of_character(std::string_view text, std::size_t index);

/// A place in a text, in bytes, at which something is wrong with its encoding.
struct BadByte {
  enum class Why { not_utf8, control } why = Why::not_utf8;
  std::size_t offset = 0;
};

/// None where the text is valid UTF-8 (RFC 3629) without control characters but tab and newlines.
std::optional<BadByte> find_bad_byte(std::string_view text);

}  // namespace rollout
