// SPDX-License-Identifier: Apache-2.0
// Names and ids as types, so that one kind can never be passed for another.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace rollout {

/// A text that names one kind of thing and no other.
template <class Kind>
class Name {
 public:
  Name() = default;
  explicit Name(std::string text) : text_(std::move(text)) {}
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const Name&) const = default;

 private:
  std::string text_;
};

using AccountName = Name<struct AccountNameKind>;  ///< Key under `accounts:`.
using AccountId = Name<struct AccountIdKind>;      ///< Cloudflare's account id, 32 hex digits.
using WorkerId = Name<struct WorkerIdKind>;        ///< A Worker's name or 32-hex id, as configured.
bool is_hex_id(const WorkerId& worker);            ///< It is the id, and not the name.
using DeploymentId = Name<struct DeploymentIdKind>;  ///< A deployment's UUID.
using PolicyName = Name<struct PolicyNameKind>;
using RunId = Name<struct RunIdKind>;  ///< Joins all records of one pass.

/// A version's full UUID in lower case. It cannot hold a prefix or the word `latest`, which the
/// API would accept on DELETE (reference: Versions API, OpenAPI description, path parameters).
class VersionId {
 public:
  static std::optional<VersionId> parse(std::string_view text);
  std::string_view text() const { return {text_.data(), text_.size()}; }
  bool operator==(const VersionId&) const = default;
  auto operator<=>(const VersionId& other) const { return text() <=> other.text(); }

 private:
  VersionId() = default;
  /// In place: a large Worker has a hundred thousand of them, in several containers at once.
  std::array<char, 36> text_{};
};

/// For containers that are only ever looked into, never walked: their order is not defined. The
/// first digits of a UUID are as good as random.
struct VersionIdHash {
  std::size_t operator()(const VersionId& id) const {
    return std::hash<std::string_view>{}(id.text().substr(0, 8));
  }
};

/// A SHA-256 hash.
class Sha256 {
 public:
  using Raw = std::array<std::byte, 32>;
  explicit Sha256(const Raw& raw) : raw_(raw) {}
  /// 64 lower-case hex digits; anything else is none.
  static std::optional<Sha256> from_hex(std::string_view hex);
  std::string hex() const;
  std::span<const std::byte, 32> raw() const { return raw_; }
  auto operator<=>(const Sha256&) const = default;

 private:
  Raw raw_;
};

/// The identity of a build: SHA-256 over its declared modules and settings (`digest_preimage`).
struct BundleDigest {
  Sha256 hash;
  std::string hex() const { return hash.hex(); }
  /// The first 12 digits, for people.
  std::string brief() const { return hash.hex().substr(0, 12); }
  auto operator<=>(const BundleDigest&) const = default;
};

}  // namespace rollout
