// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <utility>
#include <vector>

namespace rollout {
namespace {

constexpr std::string_view kExpression = "re:";
constexpr std::size_t kLongest = 1000;
/// For the program and its automata; RE2 falls back to slower matching within it.
constexpr std::int64_t kMemory = 1 << 20;

/// Enough of a text to tell most of those apart that do not match.
constexpr int kRange = 16;

}  // namespace

Pattern::Pattern(std::string text, std::variant<Glob, Expression> matcher)
    : text_(std::move(text)), matcher_(std::move(matcher)) {}

std::expected<Pattern::Expression, std::string> Pattern::compile(std::string_view expression,
                                                                 std::string_view text) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(kMemory);
  auto compiled = std::make_shared<const re2::RE2>(
      re2::StringPiece(expression.data(), expression.size()), options);
  if (!compiled->ok()) {
    return std::unexpected(
        fmt::format("\"{}\" is no regular expression (RE2): {}", text, compiled->error()));
  }
  Expression made{std::move(compiled), std::nullopt};
  std::string least;
  std::string most;
  if (made.compiled->PossibleMatchRange(&least, &most, kRange)) made.range.emplace(least, most);
  return made;
}

std::expected<Pattern, std::string> Pattern::parse(std::string_view text) {
  if (text.empty()) {
    return std::unexpected("the pattern is empty; write \"*\" to match everything");
  }
  if (text.size() > kLongest) {
    return std::unexpected(
        fmt::format("the pattern has {} bytes; {} are allowed", text.size(), kLongest));
  }
  if (!text.starts_with(kExpression)) {
    auto glob = Glob::parse(text);
    if (!glob) return std::unexpected(std::move(glob).error());
    return Pattern(std::string(text), std::move(*glob));
  }
  const std::string_view expression = text.substr(kExpression.size());
  if (expression.empty()) {
    return std::unexpected("\"re:\" has no expression; write for example \"re:v[0-9]+\"");
  }
  auto compiled = compile(expression, text);
  if (!compiled) return std::unexpected(std::move(compiled).error());
  return Pattern(std::string(text), std::move(*compiled));
}

bool Pattern::captures(const std::string& name) const {
  if (const auto* glob = std::get_if<Glob>(&matcher_)) return glob->captures(name);
  return std::get<Expression>(matcher_).compiled->NamedCapturingGroups().contains(name);
}

std::optional<std::string> Pattern::capture(std::string_view text, const std::string& name) const {
  if (const auto* glob = std::get_if<Glob>(&matcher_)) {
    return std::optional<std::string>(glob->capture(text, name));
  }
  if (!captures(name)) return std::nullopt;
  const re2::RE2& expression = *std::get<Expression>(matcher_).compiled;
  const auto index = static_cast<std::size_t>(expression.NamedCapturingGroups().at(name));
  std::vector<re2::StringPiece> groups(index + 1);
  const re2::StringPiece whole(text.data(), text.size());
  if (!expression.Match(whole, 0, whole.size(), re2::RE2::ANCHOR_BOTH, groups.data(),
                        static_cast<int>(groups.size()))) {
    return std::nullopt;
  }
  return std::string(groups[index]);
}

bool Pattern::matches(std::string_view text) const {
  if (const auto* glob = std::get_if<Glob>(&matcher_)) return glob->matches(text);
  const Expression& expression = std::get<Expression>(matcher_);
  if (expression.range && (text < expression.range->first || text > expression.range->second)) {
    return false;
  }
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *expression.compiled);
}

}  // namespace rollout
