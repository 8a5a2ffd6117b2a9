// SPDX-License-Identifier: Apache-2.0
// Globs over tags and facts: `*`, `?` and `<name>`. Whole string, case counts.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollout {

class Glob {
 public:
  /// The error is one sentence that says what is wrong with the glob.
  static std::expected<Glob, std::string> parse(std::string_view text);

  bool matches(std::string_view text) const;
  /// What `<name>` stands for: each takes as much as it can, from the left, and no `/`. The view is
  /// of `text`; none where that does not match.
  std::optional<std::string_view> capture(std::string_view text, std::string_view name) const;
  bool captures(std::string_view name) const;

 private:
  enum class Kind { literal, one, any, name };
  struct Step {
    Kind kind = Kind::any;
    std::string text;  ///< Of a literal, or the name.
  };
  class Reach;

  bool begins(std::string_view text) const;

  std::vector<Step> steps_;
};

}  // namespace rollout
