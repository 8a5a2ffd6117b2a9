// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/core/policy/facts.h"
#include "daemon/core/policy/tagging.h"

namespace rollout {
namespace {

using Filter = Template::Filter;
using Piece = Template::Piece;
using Problem = std::optional<std::string>;  ///< A sentence, with its column.

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name(char c) {
  return is_word(c) || is_digit(c) || c == '.' || c == '-';
}
bool is_format(char c) {
  return c != '|' && c != '}' && c != '{';
}
bool is_quoted(char c) {
  return c != '"';
}

enum class Argument { none, number, text };
struct Known {
  std::string_view name;
  Filter::Kind kind;
  Argument argument;
};
constexpr std::array kFilters{
    Known{"lower", Filter::Kind::lower, Argument::none},
    Known{"upper", Filter::Kind::upper, Argument::none},
    Known{"slug", Filter::Kind::slug, Argument::none},
    Known{"truncate", Filter::Kind::truncate, Argument::number},
    Known{"default", Filter::Kind::fallback, Argument::text},
    Known{"size", Filter::Kind::size, Argument::none},
};

/// What strftime calls conversions, less those that give control characters.
constexpr std::string_view kConversions = "aAbBcCdDeFgGhHIjmMpRSTuUVwWxXyYzZ%";

class Parser final {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::expected<std::vector<Piece>, std::string> parse() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if ((c == '{' || c == '}') && text_.substr(at_ + 1).starts_with(c)) {
        literal(c);
        at_ += 2;
      } else if (c == '{') {
        if (auto problem = field()) return std::unexpected(*std::move(problem));
      } else if (c == '}') {
        return std::unexpected(*at(at_, "\"}\" closes nothing; write \"}}\" for a brace"));
      } else {
        literal(c);
        ++at_;
      }
    }
    return std::move(pieces_);
  }

 private:
  static Problem at(std::size_t offset, std::string_view sentence) {
    return fmt::format("column {}: {}", offset + 1, sentence);
  }

  void literal(char c) {
    if (pieces_.empty() || !pieces_.back().fact.empty()) pieces_.emplace_back();
    pieces_.back().literal += c;
  }

  std::string_view take(bool (*belongs)(char)) {
    const auto rest = text_.substr(at_);
    const auto end = std::find_if_not(rest.begin(), rest.end(), belongs);
    const auto taken = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    at_ += taken.size();
    return taken;
  }

  bool take_char(char c) {
    if (!text_.substr(at_).starts_with(c)) return false;
    ++at_;
    return true;
  }

  Problem field();
  Problem shape(Piece& piece);
  Problem filter(Piece& piece);
  Problem argument(const Known& known, std::string& out);
  Problem number(std::string_view what, std::string& out);

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Piece> pieces_;
};

Problem Parser::field() {
  const std::size_t open = at_++;
  Piece piece;
  piece.fact = take(is_name);
  if (piece.fact.empty()) {
    return at(open, "\"{\" is followed by no fact; write \"{{\" for a brace");
  }
  if (!fact_source(piece.fact)) return at(open + 1, no_such_fact(piece.fact));
  if (take_char(':')) {
    if (auto problem = shape(piece)) return problem;
  }
  while (take_char('|')) {
    if (auto problem = filter(piece)) return problem;
  }
  if (!take_char('}')) {
    if (at_ == text_.size()) return at(open, "\"{\" is never closed; write \"{{\" for a brace");
    return at(at_, fmt::format("\"{}\" is neither a filter nor the closing brace", text_[at_]));
  }
  pieces_.push_back(std::move(piece));
  return std::nullopt;
}

/// `:8` or `:%Y-%m-%d`.
Problem Parser::shape(Piece& piece) {
  const std::size_t start = at_;
  if (!text_.substr(at_).starts_with('%')) {
    Filter& first = piece.filters.emplace_back();
    first.kind = Filter::Kind::first;
    return number("after \":\" comes a number of characters, or a time format that begins with %",
                  first.argument);
  }
  const std::string_view format = take(is_format);
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    ++i;
    if (i == format.size() || !kConversions.contains(format[i])) {
      return at(start + i - 1, fmt::format("\"%{}\" is no part of a time", format.substr(i, 1)));
    }
  }
  piece.filters.push_back({Filter::Kind::time, std::string(format)});
  return std::nullopt;
}

Problem Parser::filter(Piece& piece) {
  const std::size_t start = at_;
  const std::string_view name = take(is_word);
  const auto known = std::find_if(kFilters.begin(), kFilters.end(),
                                  [&](const Known& filter) { return filter.name == name; });
  if (known == kFilters.end()) {
    return at(start, fmt::format("\"{}\" is no filter; there are lower, upper, slug, truncate:N, "
                                 "default:\"text\" and size",
                                 name));
  }
  Filter& filter = piece.filters.emplace_back();
  filter.kind = known->kind;
  return argument(*known, filter.argument);
}

Problem Parser::argument(const Known& known, std::string& out) {
  const std::size_t start = at_;
  const bool given = take_char(':');
  switch (known.argument) {
    case Argument::none:
      if (!given) return std::nullopt;
      return at(start, fmt::format("{} takes no argument", known.name));
    case Argument::number: {
      const auto sentence = fmt::format("write {}:N with a number of bytes", known.name);
      return given ? number(sentence, out) : at(start, sentence);
    }
    case Argument::text:
      if (given && take_char('"')) {
        out = take(is_quoted);
        if (take_char('"')) return std::nullopt;
      }
      return at(start, fmt::format("write {}:\"text\" with the text in quotes", known.name));
  }
  return std::nullopt;
}

Problem Parser::number(std::string_view what, std::string& out) {
  constexpr std::size_t kDigits = 4;  // No budget is larger.
  const std::size_t start = at_;
  out = take(is_digit);
  if (out.empty()) return at(start, what);
  if (out.find_first_not_of('0') == std::string::npos) {
    return at(start, "the least number is 1");
  }
  if (out.size() > kDigits) return at(start, fmt::format("{} is too large a number", out));
  return std::nullopt;
}

}  // namespace

std::expected<Template, std::string> Template::parse(std::string_view text) {
  auto pieces = Parser(text).parse();
  if (!pieces) return std::unexpected(std::move(pieces).error());
  Template made;
  made.text_ = text;
  made.pieces_ = *std::move(pieces);
  return made;
}

}  // namespace rollout
