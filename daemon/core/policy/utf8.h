// SPDX-License-Identifier: Apache-2.0
// Characters of a text. (RFC 3629)
#pragma once

#include <cstddef>
#include <string_view>

namespace rollout {

/// Bytes of the well-formed character that `text` begins with; 0 where it begins with none.
std::size_t character_bytes(std::string_view text);

/// The text without its first character, or without one byte where that is not well-formed.
std::string_view after_character(std::string_view text);

}  // namespace rollout
