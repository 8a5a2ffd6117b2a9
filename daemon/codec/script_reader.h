// SPDX-License-Identifier: Apache-2.0
// JavaScript as a sequence of tokens, as far as finding imports needs it: what is a comment, a
// text, a template or a regular expression, and what is code. Source: ECMA-262, chapter 12 (lexical
// grammar).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollout {

struct ScriptToken {
  /// `word`: a name, keyword or number; `text`: a string literal, or a template without
  /// substitutions; `other`: a regular expression or a part of a template; `end`: there is no more.
  enum class Kind { word, text, sign, other, end };
  Kind kind = Kind::end;
  std::string_view text;  ///< Of a string literal what is between its quotes.
  std::size_t at = 0;     ///< Offset in the script.

  bool is(Kind wanted, std::string_view said) const { return kind == wanted && text == said; }
};

class ScriptReader final {
 public:
  explicit ScriptReader(std::string_view script);

  /// Comments are passed over.
  ScriptToken next();

  /// Once the end is reached: what the script ends in the middle of, `a template` ..., and where
  /// that began. None where it is whole.
  struct Unfinished {
    std::string what;
    std::size_t at = 0;
  };
  const std::optional<Unfinished>& unfinished() const { return unfinished_; }

 private:
  /// What a bracket that is open means for a `/` after its end: a sign (a division) after an
  /// operand, the beginning of a regular expression elsewhere.
  enum class Opened { expression, condition, block, object, substitution };
  struct Bracket {
    Opened opened;
    std::size_t at = 0;
  };

  bool has(std::size_t offset = 0) const { return at_ + offset < script_.size(); }
  char peek(std::size_t offset = 0) const { return has(offset) ? script_[at_ + offset] : '\0'; }
  void pass_blank_and_comments();
  ScriptToken token(ScriptToken::Kind kind, std::size_t begin, bool operand);
  ScriptToken word();
  ScriptToken text();
  ScriptToken template_part();
  std::optional<ScriptToken> regular_expression();
  ScriptToken sign();
  Opened brace() const;
  void fail(std::string what, std::size_t at);

  std::string_view script_;
  std::size_t at_ = 0;
  std::vector<Bracket> open_;
  ScriptToken last_;
  bool after_operand_ = false;
  bool after_condition_word_ = false;  ///< `if`, `while` ...: its brackets are no operand.
  std::optional<Unfinished> unfinished_;
};

}  // namespace rollout
