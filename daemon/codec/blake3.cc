// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/blake3.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace rollout {
namespace {

using Words = std::array<std::uint32_t, 8>;
using Message = std::array<std::uint32_t, 16>;

constexpr std::size_t kBlockBytes = 64;
constexpr std::uint32_t kBlocksInChunk = 16;

// Flags of an input.
constexpr std::uint32_t kChunkStart = 1, kChunkEnd = 2, kParent = 4, kRoot = 8;

// Section 2.2, tables 1 and 2: those of SHA-256 and a permutation of the message's words.
constexpr Words kStart = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                          0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
constexpr std::array<std::size_t, 16> kPermutation = {2, 6,  3,  10, 7, 0,  4,  13,
                                                      1, 11, 12, 5,  9, 14, 15, 8};

void mix(Message& v, std::array<std::size_t, 4> at, std::uint32_t x, std::uint32_t y) {
  const auto [a, b, c, d] = at;
  v[a] = v[a] + v[b] + x;
  v[d] = std::rotr(v[d] ^ v[a], 16);
  v[c] = v[c] + v[d];
  v[b] = std::rotr(v[b] ^ v[c], 12);
  v[a] = v[a] + v[b] + y;
  v[d] = std::rotr(v[d] ^ v[a], 8);
  v[c] = v[c] + v[d];
  v[b] = std::rotr(v[b] ^ v[c], 7);
}

void mix_round(Message& v, const Message& m) {
  mix(v, {0, 4, 8, 12}, m[0], m[1]);
  mix(v, {1, 5, 9, 13}, m[2], m[3]);
  mix(v, {2, 6, 10, 14}, m[4], m[5]);
  mix(v, {3, 7, 11, 15}, m[6], m[7]);
  mix(v, {0, 5, 10, 15}, m[8], m[9]);
  mix(v, {1, 6, 11, 12}, m[10], m[11]);
  mix(v, {2, 7, 8, 13}, m[12], m[13]);
  mix(v, {3, 4, 9, 14}, m[14], m[15]);
}

struct Input {
  const Words& chaining;
  Message message;
  std::uint64_t counter = 0;
  std::size_t size = kBlockBytes;
  std::uint32_t flags = 0;
};

Words compress(const Input& input) {
  constexpr int kRounds = 7;
  Message v{};
  std::copy(input.chaining.begin(), input.chaining.end(), v.begin());
  std::copy(kStart.begin(), kStart.begin() + 4, v.begin() + 8);
  v[12] = static_cast<std::uint32_t>(input.counter);
  v[13] = static_cast<std::uint32_t>(input.counter >> 32U);
  v[14] = static_cast<std::uint32_t>(input.size);
  v[15] = input.flags;
  Message m = input.message;
  for (int round = 0; round < kRounds; ++round) {
    mix_round(v, m);
    Message permuted{};
    for (std::size_t i = 0; i < m.size(); ++i) permuted[i] = m[kPermutation[i]];
    m = permuted;
  }
  Words out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = v[i] ^ v[i + 8];
  return out;
}

Message message_of(const std::array<std::uint8_t, kBlockBytes>& block) {
  Message out{};
  for (std::size_t i = 0; i < block.size(); ++i) {
    out[i / 4] |= static_cast<std::uint32_t>(block[i]) << (8U * (i % 4));
  }
  return out;
}

Message message_of(const Words& left, const Words& right) {
  Message out{};
  std::copy(left.begin(), left.end(), out.begin());
  std::copy(right.begin(), right.end(), out.begin() + 8);
  return out;
}

}  // namespace

Blake3Stream::Blake3Stream() : chaining_(kStart) {}

void Blake3Stream::compress_block() {
  const std::uint32_t start = blocks_ == 0 ? kChunkStart : 0;
  chaining_ = compress({.chaining = chaining_,
                        .message = message_of(block_),
                        .counter = chunks_,
                        .size = kBlockBytes,
                        .flags = start});
  ++blocks_;
  block_size_ = 0;
}

/// A chunk that is not the last: joins it with each whole subtree of its size (section 5.1.2).
void Blake3Stream::end_chunk() {
  const std::uint32_t start = blocks_ == 0 ? kChunkStart : 0;
  Words top = compress({.chaining = chaining_,
                        .message = message_of(block_),
                        .counter = chunks_,
                        .size = block_size_,
                        .flags = start | kChunkEnd});
  ++chunks_;
  for (std::uint64_t left = chunks_; (left & 1U) == 0; left >>= 1U) {
    top = compress({.chaining = kStart,
                    .message = message_of(stack_[--stack_size_], top),
                    .counter = 0,
                    .size = kBlockBytes,
                    .flags = kParent});
  }
  stack_[stack_size_++] = top;
  chaining_ = kStart;
  blocks_ = 0;
  block_size_ = 0;
}

void Blake3Stream::add(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    // Only when more comes is it known that a full block, or chunk, is not the last.
    if (block_size_ == kBlockBytes && blocks_ + 1 == kBlocksInChunk) end_chunk();
    if (block_size_ == kBlockBytes) compress_block();
    const std::size_t taken = std::min(kBlockBytes - block_size_, bytes.size());
    std::transform(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken),
                   block_.begin() + static_cast<std::ptrdiff_t>(block_size_),
                   [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
    block_size_ += taken;
    bytes = bytes.subspan(taken);
  }
}

std::string Blake3Stream::finish() {
  std::fill(block_.begin() + static_cast<std::ptrdiff_t>(block_size_), block_.end(),
            std::uint8_t{0});
  const std::uint32_t start = blocks_ == 0 ? kChunkStart : 0;
  const std::uint32_t only = stack_size_ == 0 ? kRoot : 0;
  Words top = compress({.chaining = chaining_,
                        .message = message_of(block_),
                        .counter = chunks_,
                        .size = block_size_,
                        .flags = start | kChunkEnd | only});
  while (stack_size_ > 0) {
    const std::uint32_t last = stack_size_ == 1 ? kRoot : 0;
    top = compress({.chaining = kStart,
                    .message = message_of(stack_[--stack_size_], top),
                    .counter = 0,
                    .size = kBlockBytes,
                    .flags = kParent | last});
  }
  std::string out;
  for (const std::uint32_t word : top) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
      out += fmt::format("{:02x}", (word >> shift) & 0xFFU);
    }
  }
  return out;
}

void AssetHash::pass_on() {
  hash_.add(std::as_bytes(std::span(text_)));
  text_.clear();
}

void AssetHash::add(std::span<const std::byte> bytes) {
  encoder_.add(bytes, text_);
  pass_on();
}

std::string AssetHash::finish(std::string_view extension) {
  constexpr std::size_t kDigits = 32;
  encoder_.finish(text_);
  text_ += extension;
  pass_on();
  return hash_.finish().substr(0, kDigits);
}

}  // namespace rollout
