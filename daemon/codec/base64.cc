// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/base64.h"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

/// Appends the encoding of `bytes` to `out`.
void encode(std::span<const std::byte> bytes, std::string& out) {
  if (bytes.empty()) return;
  ENSURE(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()) / 2,
         "a piece to encode must be below 1 GiB");
  const std::size_t old = out.size();
  const auto length = static_cast<std::size_t>(base64_size(bytes.size()));
  out.resize(old + length + 1);  // OpenSSL writes a terminating zero.
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + old),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  out.resize(old + length);
}

}  // namespace

void Base64Encoder::add(std::span<const std::byte> bytes, std::string& out) {
  while (held_ > 0 && held_ < 3 && !bytes.empty()) {
    rest_[held_++] = bytes.front();
    bytes = bytes.subspan(1);
  }
  if (held_ == 3) {
    encode(rest_, out);
    held_ = 0;
  }
  if (bytes.empty()) return;
  const std::size_t whole = bytes.size() / 3 * 3;
  encode(bytes.first(whole), out);
  const auto tail = bytes.subspan(whole);
  std::copy(tail.begin(), tail.end(), rest_.begin());
  held_ = tail.size();
}

void Base64Encoder::finish(std::string& out) {
  encode(std::span(rest_).first(held_), out);
  held_ = 0;
}

std::string encode_base64(std::string_view bytes) {
  std::string out;
  encode(std::as_bytes(std::span(bytes)), out);
  return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return "";
  ENSURE(text.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()),
         "a text to decode must be below 2 GiB");
  std::string out(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  out.resize(static_cast<std::size_t>(length) - padding);
  // OpenSSL skips white space and ignores stray bits; what encodes differently was not canonical.
  if (encode_base64(out) != text) return std::nullopt;
  return out;
}

}  // namespace rollout
