// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648, section 4, with padding) over OpenSSL, in one go or while bytes pass.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rollout {

/// Length of the encoding of `bytes` bytes.
constexpr std::uint64_t base64_size(std::uint64_t bytes) {
  return (bytes + 2) / 3 * 4;
}

/// Encodes pieces of any size; the text comes out as if they had been one.
class Base64Encoder {
 public:
  /// Appends what is complete so far to `out`.
  void add(std::span<const std::byte> bytes, std::string& out);
  /// Appends the rest with its padding.
  void finish(std::string& out);

 private:
  std::array<std::byte, 3> rest_{};
  std::size_t held_ = 0;
};

std::string encode_base64(std::string_view bytes);

/// Strict: canonical padding, no white space. None for anything else.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace rollout
