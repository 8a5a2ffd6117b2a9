// SPDX-License-Identifier: Apache-2.0
// Patterns over tags and facts: a glob, or `re:` and an RE2 expression. Whole string, case counts.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "daemon/core/policy/glob.h"

namespace re2 {
class RE2;
}

namespace rollout {

class Pattern {
 public:
  /// The error is one sentence that says what is wrong with the pattern.
  static std::expected<Pattern, std::string> parse(std::string_view text);

  bool matches(std::string_view text) const;
  /// What `<name>` stands for, or a named group of an expression; none where it does not match.
  std::optional<std::string> capture(std::string_view text, const std::string& name) const;
  bool captures(const std::string& name) const;
  const std::string& text() const { return text_; }

 private:
  struct Expression {
    std::shared_ptr<const re2::RE2> compiled;
    std::optional<std::pair<std::string, std::string>> range;  ///< All that matches lies in it.
  };
  static std::expected<Expression, std::string> compile(std::string_view expression,
                                                        std::string_view text);

  Pattern(std::string text, std::variant<Glob, Expression> matcher);
  std::string text_;
  std::variant<Glob, Expression> matcher_;
};

}  // namespace rollout
