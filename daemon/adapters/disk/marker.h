// SPDX-License-Identifier: Apache-2.0
// The completion marker, `.rollout.json`: what it says, both ways (design: formats). Its own
// modification time is the build's `finished_at`.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/model/ids.h"

namespace rollout {

inline constexpr std::uint64_t kMaxMarkerBytes = 32 * 1024 * 1024;

struct MarkedFile {
  std::string path;
  std::uint64_t size = 0;
  Sha256 sha256;
};

/// Empty texts are facts that are not known.
struct GitFacts {
  std::string commit, branch, tag, subject, author;
  enum class Tree { clean, dirty } tree = Tree::clean;
};

struct PackageFacts {
  std::string name, version;
};

/// `files` are the build: every module, and with them the source maps, `build-info.json` and
/// wrangler's configuration where they are in the directory. What is not listed is left over from
/// something else: wrangler's README.md (it holds the time of day), hidden files. Source maps are
/// listed, but they are neither sent nor part of the digest.
struct Marker {
  std::optional<std::string> main;      ///< None for assets-only Workers.
  std::optional<std::string> settings;  ///< Wrangler's configuration, where it is in the build.
  std::vector<MarkedFile> files;        ///< Sorted by path.
  std::optional<GitFacts> git;
  std::optional<PackageFacts> package;

  /// Null where the file is not listed.
  const MarkedFile* file(std::string_view path) const;
};

/// Strict about what it knows; unknown members are ignored, as a later version may write them. The
/// error is one sentence that names the field.
std::expected<Marker, std::string> parse_marker(std::string_view text);

std::string format_marker(const Marker& marker);

}  // namespace rollout
