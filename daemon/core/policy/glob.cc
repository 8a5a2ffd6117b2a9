// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/glob.h"

#include <fmt/format.h>

#include <algorithm>
#include <source_location>

#include "daemon/core/model/ensure.h"
#include "daemon/core/policy/utf8.h"

namespace rollout {
namespace {

bool is_name(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  return !text.empty() && kLetters.contains(text.front()) &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

}  // namespace

/// From which places of a text the steps from each on match its rest. Filled from the end, so the
/// time is the product of the sizes, however many wildcards there are.
class Glob::Reach final {
 public:
  Reach(const std::vector<Step>& steps, std::string_view text)
      : steps_(steps), text_(text), cells_((steps.size() + 1) * (text.size() + 1), 0) {
    row(steps.size())[text.size()] = 1;
    for (std::size_t step = steps.size(); step-- > 0;) fill(step);
  }

  bool whole() const { return cells_.front() != 0; }

  /// Where the step ends that begins here, from where all matches: as late as it can.
  std::size_t end(std::size_t step, std::size_t at) const {
    const Kind kind = steps_[step].kind;
    if (kind == Kind::literal) return at + steps_[step].text.size();
    if (kind == Kind::one) return after(at);
    std::size_t end =
        kind == Kind::any ? text_.size() : std::min(text_.find('/', at), text_.size());
    while (!stops(row(step + 1), end)) --end;
    return end;
  }

 private:
  char* row(std::size_t step) { return &cells_[step * (text_.size() + 1)]; }
  const char* row(std::size_t step) const { return &cells_[step * (text_.size() + 1)]; }

  std::size_t after(std::size_t at) const {
    return text_.size() - after_character(text_.substr(at)).size();
  }

  /// Whether the wildcard before these steps can end here: not inside a character.
  bool stops(const char* next, std::size_t at) const {
    if (next[at] == 0) return false;
    return at == text_.size() || (static_cast<unsigned char>(text_[at]) & 0xC0U) != 0x80U;
  }

  void fill(std::size_t step) {
    char* const here = row(step);
    const char* const next = row(step + 1);
    const std::string& literal = steps_[step].text;
    bool reaches = false;
    switch (steps_[step].kind) {
      case Kind::literal:
        for (auto at = text_.find(literal); at != text_.npos; at = text_.find(literal, at + 1)) {
          here[at] = next[at + literal.size()];
        }
        return;
      case Kind::one:
        for (std::size_t at = 0; at < text_.size(); ++at) here[at] = next[after(at)];
        return;
      case Kind::any:
        for (std::size_t at = text_.size() + 1; at-- > 0;) {
          reaches = reaches || stops(next, at);
          here[at] = reaches ? 1 : 0;
        }
        return;
      case Kind::name:
        for (std::size_t at = text_.size(); at-- > 0;) {
          reaches = text_[at] != '/' && (reaches || stops(next, at + 1));
          here[at] = reaches ? 1 : 0;
        }
        return;
    }
  }

  const std::vector<Step>& steps_;
  std::string_view text_;
  std::string cells_;
};

std::expected<Glob, std::string> Glob::parse(std::string_view text) {
  Glob glob;
  std::vector<Step>& steps = glob.steps_;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '*' || c == '?') {
      steps.push_back({c == '*' ? Kind::any : Kind::one, {}});
    } else if (c == '<') {
      const std::size_t end = std::min(text.find('>', at), text.size());
      const std::string_view name = text.substr(at + 1, end - at - 1);
      if (end == text.size() || !is_name(name)) {
        return std::unexpected(fmt::format(
            "\"{}\" holds < without a name behind it; write <pr> to capture, or re: and an "
            "expression",
            text));
      }
      if (glob.captures(name)) {
        return std::unexpected(fmt::format("\"{}\" captures <{}> twice", text, name));
      }
      steps.push_back({Kind::name, std::string(name)});
      at = end;
    } else if (c == '>') {
      return std::unexpected(fmt::format("\"{}\" holds > without a <", text));
    } else {
      if (steps.empty() || steps.back().kind != Kind::literal) steps.push_back({Kind::literal, {}});
      steps.back().text += c;
    }
  }
  return glob;
}

/// What most texts that do not match differ in already.
bool Glob::begins(std::string_view text) const {
  return steps_.empty() || steps_.front().kind != Kind::literal ||
         text.starts_with(steps_.front().text);
}

bool Glob::matches(std::string_view text) const {
  return begins(text) && Reach(steps_, text).whole();
}

bool Glob::captures(std::string_view name) const {
  return std::any_of(steps_.begin(), steps_.end(), [&](const Step& step) {
    return step.kind == Kind::name && step.text == name;
  });
}

std::optional<std::string_view> Glob::capture(std::string_view text, std::string_view name) const {
  if (!captures(name) || !begins(text)) return std::nullopt;
  const Reach reach(steps_, text);
  if (!reach.whole()) return std::nullopt;
  std::size_t at = 0;
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    const std::size_t end = reach.end(step, at);
    if (steps_[step].kind == Kind::name && steps_[step].text == name) {
      return text.substr(at, end - at);
    }
    at = end;
  }
  ensure_failed("a glob lost its capture", std::source_location::current());
}

}  // namespace rollout
