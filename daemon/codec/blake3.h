// SPDX-License-Identifier: Apache-2.0
// BLAKE3, its default hash mode (specification of 2020, section 2). Own code: Debian 12 has no
// library of it for C++, and wrangler names assets by it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "daemon/codec/base64.h"

namespace rollout {

/// Hashes bytes as they pass; for names, not for speed.
class Blake3Stream {
 public:
  Blake3Stream();
  void add(std::span<const std::byte> bytes);
  /// The hash of all that was added, 32 bytes in hexadecimal. The object is spent.
  std::string finish();

 private:
  using Words = std::array<std::uint32_t, 8>;
  using Block = std::array<std::uint8_t, 64>;

  void compress_block();
  void end_chunk();

  Words chaining_;  ///< Of the chunk that is being read.
  Block block_{};   ///< Of that chunk; filled up to `block_size_`.
  std::size_t block_size_ = 0;
  std::uint32_t blocks_ = 0;       ///< Of that chunk that are compressed.
  std::uint64_t chunks_ = 0;       ///< That are whole.
  std::array<Words, 54> stack_{};  ///< Roots of whole subtrees, the largest first.
  std::size_t stack_size_ = 0;
};

/// The name that wrangler gives a file in a manifest of assets: the first half of the BLAKE3 of its
/// base64 and its extension, so that one content under two types has two names.
class AssetHash {
 public:
  void add(std::span<const std::byte> bytes);
  /// 32 hexadecimal digits. `extension` is without its dot.
  std::string finish(std::string_view extension);

 private:
  void pass_on();

  Base64Encoder encoder_;
  Blake3Stream hash_;
  std::string text_;
};

}  // namespace rollout
