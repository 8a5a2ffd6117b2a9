// SPDX-License-Identifier: Apache-2.0
// The patterns of `.assetsignore`: those of .gitignore, without regard to case, as wrangler has it.
// Source: gitignore(5), "Pattern format"; wrangler 4, `createAssetsIgnoreFunction`.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace rollout {

/// Later patterns win over earlier ones; what lies in an ignored directory stays ignored.
class IgnoreFile final {
 public:
  IgnoreFile() = default;
  /// The error is a sentence.
  static std::expected<IgnoreFile, std::string> parse(std::string_view text);

  /// `path` is a file's: relative, `/`-separated.
  bool ignores(std::string_view path) const;

 private:
  struct Pattern {
    std::vector<std::string> parts;  ///< Between slashes; `**` stands for any number of them.
    bool negated = false;
    bool directories_only = false;
  };
  enum class Kind { file, directory };

  static Pattern read_pattern(std::string_view line);
  bool ignores_itself(const std::vector<std::string>& parts, Kind kind) const;

  std::vector<Pattern> patterns_;
};

}  // namespace rollout
