// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <utility>

#include "daemon/core/policy/utf8.h"

namespace rollout {
namespace {

constexpr std::string_view kExpression = "re:";
constexpr std::size_t kLongest = 1000;
/// For the program and its automata; RE2 falls back to slower matching within it.
constexpr std::int64_t kMemory = 1 << 20;

/// Only the last `*` is ever gone back to, so the time is bounded by the product of the sizes.
bool glob_matches(std::string_view glob, std::string_view text) {
  std::string_view glob_after_star;
  std::string_view text_at_star;
  bool star = false;
  while (!text.empty()) {
    if (!glob.empty() && glob.front() == '*') {
      star = true;
      glob.remove_prefix(1);
      glob_after_star = glob;
      text_at_star = text;
    } else if (!glob.empty() && glob.front() == '?') {
      glob.remove_prefix(1);
      text = after_character(text);
    } else if (!glob.empty() && glob.front() == text.front()) {
      glob.remove_prefix(1);
      text.remove_prefix(1);
    } else if (star) {
      text_at_star = after_character(text_at_star);
      glob = glob_after_star;
      text = text_at_star;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*') == std::string_view::npos;
}

}  // namespace

Pattern::Pattern(std::string text, std::shared_ptr<const re2::RE2> compiled)
    : text_(std::move(text)), compiled_(std::move(compiled)) {}

std::expected<Pattern, std::string> Pattern::parse(std::string_view text) {
  if (text.empty()) {
    return std::unexpected("the pattern is empty; write \"*\" to match everything");
  }
  if (text.size() > kLongest) {
    return std::unexpected(
        fmt::format("the pattern has {} bytes; {} are allowed", text.size(), kLongest));
  }
  if (!text.starts_with(kExpression)) {
    if (const auto at = text.find_first_of("<>"); at != std::string_view::npos) {
      return std::unexpected(fmt::format(
          "\"{}\" holds {}; only * and ? stand for something, and re: begins an expression", text,
          text[at]));
    }
    return Pattern(std::string(text), nullptr);
  }
  const std::string_view expression = text.substr(kExpression.size());
  if (expression.empty()) {
    return std::unexpected("\"re:\" has no expression; write for example \"re:v[0-9]+\"");
  }
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(kMemory);
  options.set_never_capture(true);
  auto compiled = std::make_shared<const re2::RE2>(
      re2::StringPiece(expression.data(), expression.size()), options);
  if (!compiled->ok()) {
    return std::unexpected(
        fmt::format("\"{}\" is no regular expression (RE2): {}", text, compiled->error()));
  }
  return Pattern(std::string(text), std::move(compiled));
}

bool Pattern::matches(std::string_view text) const {
  if (compiled_ == nullptr) return glob_matches(text_, text);
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

}  // namespace rollout
