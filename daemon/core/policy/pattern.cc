// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

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

bool is_name(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  return !text.empty() && kLetters.contains(text.front()) &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

/// A glob with captures as an expression. Each takes as much as it can, and no `/`.
std::expected<std::string, std::string> expression_of(std::string_view glob) {
  std::string out;
  std::set<std::string_view> names;
  for (std::size_t at = 0; at < glob.size(); ++at) {
    const char c = glob[at];
    if (c == '*' || c == '?') {
      out += c == '*' ? "(?s:.*)" : "(?s:.)";
    } else if (c == '<') {
      const std::size_t end = std::min(glob.find('>', at), glob.size());
      const std::string_view name = glob.substr(at + 1, end - at - 1);
      if (end == glob.size() || !is_name(name)) {
        return std::unexpected(fmt::format(
            "\"{}\" holds < without a name behind it; write <pr> to capture, or re: and an "
            "expression",
            glob));
      }
      if (!names.insert(name).second) {
        return std::unexpected(fmt::format("\"{}\" captures <{}> twice", glob, name));
      }
      out += fmt::format("(?P<{}>[^/]+)", name);
      at = end;
    } else if (c == '>') {
      return std::unexpected(fmt::format("\"{}\" holds > without a <", glob));
    } else {
      out += re2::RE2::QuoteMeta(re2::StringPiece(&c, 1));
    }
  }
  return out;
}

std::expected<std::shared_ptr<const re2::RE2>, std::string> compile(std::string_view expression,
                                                                    std::string_view text) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(kMemory);
  auto compiled = std::make_shared<const re2::RE2>(
      re2::StringPiece(expression.data(), expression.size()), options);
  if (compiled->ok()) return compiled;
  return std::unexpected(
      fmt::format("\"{}\" is no regular expression (RE2): {}", text, compiled->error()));
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
  std::string expression(text.substr(std::min(kExpression.size(), text.size())));
  if (!text.starts_with(kExpression)) {
    if (text.find_first_of("<>") == std::string_view::npos) {
      return Pattern(std::string(text), nullptr);
    }
    auto made = expression_of(text);
    if (!made) return std::unexpected(std::move(made).error());
    expression = std::move(*made);
  }
  if (expression.empty()) {
    return std::unexpected("\"re:\" has no expression; write for example \"re:v[0-9]+\"");
  }
  auto compiled = compile(expression, text);
  if (!compiled) return std::unexpected(std::move(compiled).error());
  return Pattern(std::string(text), std::move(*compiled));
}

bool Pattern::captures(const std::string& name) const {
  return compiled_ != nullptr && compiled_->NamedCapturingGroups().contains(name);
}

std::optional<std::string> Pattern::capture(std::string_view text, const std::string& name) const {
  if (!captures(name)) return std::nullopt;
  const auto index = static_cast<std::size_t>(compiled_->NamedCapturingGroups().at(name));
  std::vector<re2::StringPiece> groups(index + 1);
  const re2::StringPiece whole(text.data(), text.size());
  if (!compiled_->Match(whole, 0, whole.size(), re2::RE2::ANCHOR_BOTH, groups.data(),
                        static_cast<int>(groups.size()))) {
    return std::nullopt;
  }
  return std::string(groups[index]);
}

bool Pattern::matches(std::string_view text) const {
  if (compiled_ == nullptr) return glob_matches(text_, text);
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

}  // namespace rollout
