// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/script_reader.h"

#include <algorithm>
#include <array>
#include <utility>

namespace rollout {
namespace {

using Kind = ScriptToken::Kind;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || c == '#' || c == '\\' || static_cast<unsigned char>(c) >= 0x80;
}

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// After these an expression begins.
constexpr std::array<std::string_view, 14> kOperators{
    "return", "typeof", "case",  "delete",  "void",    "throw",      "new",
    "in",     "yield",  "await", "extends", "default", "instanceof", "export"};
/// After these a statement begins.
constexpr std::array<std::string_view, 4> kStatements{"else", "do", "try", "finally"};
constexpr std::array<std::string_view, 4> kConditions{"if", "while", "for", "with"};

}  // namespace

ScriptReader::ScriptReader(std::string_view script) : script_(script) {
  if (script_.starts_with("#!")) at_ = std::min(script_.find('\n'), script_.size());
}

ScriptToken ScriptReader::next() {
  pass_blank_and_comments();
  if (!has()) {
    if (!open_.empty()) fail("brackets", open_.back().at);
    return last_ = {Kind::end, {}, at_};
  }
  const char c = peek();
  if (is_word(c)) return word();
  if (c == '"' || c == '\'') return text();
  if (c == '`') return template_part();
  if (c == '}' && !open_.empty() && open_.back().opened == Opened::substitution) {
    open_.pop_back();
    return template_part();
  }
  if (c == '/' && !after_operand_) {
    if (auto found = regular_expression()) return *found;
  }
  return sign();
}

void ScriptReader::pass_blank_and_comments() {
  while (has()) {
    if (std::string_view(" \t\r\n\v\f").find(peek()) != std::string_view::npos) {
      ++at_;
    } else if (peek() == '/' && peek(1) == '/') {
      at_ = std::min(script_.find('\n', at_), script_.size());
    } else if (peek() == '/' && peek(1) == '*') {
      const auto end = script_.find("*/", at_ + 2);
      if (end == std::string_view::npos) fail("a comment", at_);
      at_ = end == std::string_view::npos ? script_.size() : end + 2;
    } else {
      return;
    }
  }
}

ScriptToken ScriptReader::token(Kind kind, std::size_t begin, bool operand) {
  last_ = {kind, script_.substr(begin, at_ - begin), begin};
  after_operand_ = operand;
  after_condition_word_ = false;
  return last_;
}

ScriptToken ScriptReader::word() {
  const std::size_t begin = at_;
  const bool number = peek() >= '0' && peek() <= '9';
  while (has() && (is_word(peek()) || (number && peek() == '.'))) ++at_;
  const std::string_view name = script_.substr(begin, at_ - begin);
  const bool property = last_.is(Kind::sign, ".");
  const bool operand = property || !(one_of(name, kOperators) || one_of(name, kStatements));
  const ScriptToken found = token(Kind::word, begin, operand);
  after_condition_word_ = !property && one_of(name, kConditions);
  return found;
}

ScriptToken ScriptReader::text() {
  const std::size_t begin = at_++;
  while (has() && peek() != script_[begin] && peek() != '\n') {
    const bool over_line_end = peek() == '\\' && peek(1) == '\r' && peek(2) == '\n';
    at_ += over_line_end ? 3 : peek() == '\\' ? 2 : 1;
  }
  at_ = std::min(at_, script_.size());
  if (peek() != script_[begin]) fail("a text", begin);
  ScriptToken found = token(Kind::text, begin + 1, true);
  if (has()) ++at_;
  return found;
}

/// From a back quote, or the end of a substitution, to the other one.
ScriptToken ScriptReader::template_part() {
  const std::size_t begin = at_++;
  while (has() && peek() != '`' && !(peek() == '$' && peek(1) == '{'))
    at_ += peek() == '\\' ? 2 : 1;
  at_ = std::min(at_, script_.size());
  if (!has()) {
    fail("a template", begin);
    return token(Kind::other, begin, true);
  }
  const bool ends = peek() == '`';
  at_ += ends ? 1 : 2;
  if (!ends) open_.push_back({Opened::substitution, begin});
  const bool whole = ends && script_[begin] == '`';
  ScriptToken found = token(whole ? Kind::text : Kind::other, begin, ends);
  if (whole) found.text = found.text.substr(1, found.text.size() - 2);
  return found;
}

/// None where the `/` is none: no regular expression goes over the end of its line.
std::optional<ScriptToken> ScriptReader::regular_expression() {
  bool in_class = false;
  for (std::size_t at = at_ + 1; at < script_.size() && script_[at] != '\n'; ++at) {
    const char c = script_[at];
    if (c == '\\') ++at;
    if (c == '[') in_class = true;
    if (c == ']') in_class = false;
    if (c != '/' || in_class) continue;
    const std::size_t begin = std::exchange(at_, at + 1);
    while (has() && is_word(peek())) ++at_;
    return token(Kind::other, begin, true);
  }
  return std::nullopt;
}

ScriptToken ScriptReader::sign() {
  const std::size_t begin = at_++;
  const char c = script_[begin];
  if ((c == '+' || c == '-') && peek() == c) {
    ++at_;  // `a++ / b`: what it was before, it is after.
    return token(Kind::sign, begin, after_operand_);
  }
  if (c == '=' && peek() == '>') ++at_;
  if (c == '.' && peek() == '.' && peek(1) == '.') at_ += 2;
  if (c == '(') {
    open_.push_back({after_condition_word_ ? Opened::condition : Opened::expression, begin});
  }
  if (c == '[') open_.push_back({Opened::expression, begin});
  if (c == '{') open_.push_back({brace(), begin});
  bool operand = false;
  if (c == ')' || c == ']' || c == '}') {
    if (open_.empty()) {
      fail("brackets", begin);
    } else {
      operand = open_.back().opened == Opened::expression || open_.back().opened == Opened::object;
      open_.pop_back();
    }
  }
  return token(Kind::sign, begin, operand);
}

/// Whether the `{` begins a block or an object.
ScriptReader::Opened ScriptReader::brace() const {
  const bool inside_block = open_.empty() || open_.back().opened == Opened::block;
  if (last_.kind == Kind::word) {
    return one_of(last_.text, kOperators) && !after_operand_ ? Opened::object : Opened::block;
  }
  if (last_.kind == Kind::end || after_operand_) return Opened::block;
  if (last_.kind == Kind::other) return Opened::object;
  if (last_.text == ":") return inside_block ? Opened::block : Opened::object;
  constexpr std::string_view kBeforeBlock = ");{}";
  return last_.text == "=>" || kBeforeBlock.find(last_.text) != std::string_view::npos
             ? Opened::block
             : Opened::object;
}

void ScriptReader::fail(std::string what, std::size_t at) {
  if (!unfinished_) unfinished_ = {std::move(what), at};
}

}  // namespace rollout
