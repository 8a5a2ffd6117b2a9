// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/trailer.h"

#include <fmt/format.h>

#include <algorithm>

namespace rollout {
namespace {

constexpr std::string_view kStart = "rolloutd: build=sha256:";
constexpr std::string_view kPolicy = " policy=";
constexpr std::string_view kUnconfirmed = " unconfirmed";
constexpr std::size_t kDigestLength = 64;
constexpr std::size_t kNameMax = 63;

bool is_policy_name(std::string_view name) {
  if (name.empty() || name.size() > kNameMax || name.front() == '-') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

std::optional<Trailer> parse_trailer(std::string_view message) {
  std::string_view line = message;
  for (auto end = line.find('\n'); end != line.npos; end = line.find('\n')) {
    line.remove_prefix(end + 1);
  }
  if (!line.starts_with(kStart)) return std::nullopt;
  line.remove_prefix(kStart.size());
  const auto hash = Sha256::from_hex(line.substr(0, kDigestLength));
  if (!hash) return std::nullopt;
  line.remove_prefix(kDigestLength);
  if (!line.starts_with(kPolicy)) return std::nullopt;
  line.remove_prefix(kPolicy.size());
  auto confidence = Confidence::confirmed;
  if (line.ends_with(kUnconfirmed)) {
    confidence = Confidence::unconfirmed;
    line.remove_suffix(kUnconfirmed.size());
  }
  if (!is_policy_name(line)) return std::nullopt;
  return Trailer{BundleDigest{*hash}, PolicyName(std::string(line)), confidence};
}

std::string format_trailer(const Trailer& trailer) {
  return fmt::format("{}{}{}{}{}", kStart, trailer.digest.hex(), kPolicy, trailer.policy.text(),
                     trailer.confidence == Confidence::unconfirmed ? kUnconfirmed : "");
}

std::string with_trailer(std::string_view message, const Trailer& trailer) {
  return fmt::format("{}{}{}", message, message.empty() ? "" : "\n", format_trailer(trailer));
}

}  // namespace rollout
