// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/ids.h"

#include <algorithm>
#include <cstdint>

namespace rollout {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

constexpr std::int8_t kNoDigit = -1;

/// By character, since a large listing has a hundred million of them.
constexpr auto kDigitValues = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kHexDigits.size(); ++i) {
    values[static_cast<unsigned char>(kHexDigits[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}();

int digit_value(char c) {
  return kDigitValues[static_cast<unsigned char>(c)];
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : digit_value(text[i]) == kNoDigit) return false;
  }
  return true;
}

}  // namespace

bool is_hex_id(const WorkerId& worker) {
  const std::string& text = worker.text();
  return text.size() == 32 && text.find_first_not_of(kHexDigits) == std::string::npos;
}

std::optional<VersionId> VersionId::parse(std::string_view text) {
  if (!is_uuid(text)) return std::nullopt;
  VersionId id;
  std::copy(text.begin(), text.end(), id.text_.begin());
  return id;
}

std::optional<Sha256> Sha256::from_hex(std::string_view hex) {
  if (hex.size() != 64) return std::nullopt;
  Raw raw{};
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const int high = digit_value(hex[2 * i]);
    const int low = digit_value(hex[2 * i + 1]);
    if (high == kNoDigit || low == kNoDigit) return std::nullopt;
    raw[i] = static_cast<std::byte>(high * 16 + low);
  }
  return Sha256(raw);
}

std::string Sha256::hex() const {
  std::string text;
  text.reserve(64);
  for (const std::byte b : raw_) {
    text += kHexDigits[std::to_integer<std::size_t>(b) >> 4U];
    text += kHexDigits[std::to_integer<std::size_t>(b) & 15U];
  }
  return text;
}

}  // namespace rollout
