// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/wrangler/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/codec/wrangler/toml.h"

namespace rollout {
namespace {

/// Of a member in a pointer: with all of a hostile name, lines would take as much memory as the
/// text's size times the number of members.
constexpr std::size_t kLongestName = 256;

/// Walks JSON with comments, and notes where each member starts. Text that is not valid gives
/// lines that make no sense, and no more harm.
class LineWalk final {
 public:
  LineWalk(std::string_view text, Lines& lines) : text_(text), lines_(lines) {}

  void value(const std::string& pointer, int depth) {
    skip_blank();
    if (depth > kJsonDepth) at_ = text_.size();
    if (at_end()) return;
    switch (text_[at_]) {
      case '{':
        members(pointer, depth + 1);
        return;
      case '[':
        elements(pointer, depth + 1);
        return;
      case '"':
        string();
        return;
      default:
        ++at_;  // Whatever it is: the walk always gets on.
        while (!at_end() && std::string_view(",]} \t\r\n/").find(text_[at_]) == kNone) ++at_;
    }
  }

  /// Of the first member that its object has twice; else 1.
  int line_of_twin() const { return std::max(twin_, 1); }

 private:
  static constexpr auto kNone = std::string_view::npos;

  void members(const std::string& pointer, int depth) {
    for (++at_; next('}');) {
      const int line = line_;
      const std::string name = string();
      const std::string child = child_of(pointer, name);
      if (!lines_.emplace(child, line).second && twin_ == 0) twin_ = line;
      skip_blank();
      if (!at_end()) ++at_;  // The colon.
      value(child, depth);
    }
  }

  void elements(const std::string& pointer, int depth) {
    std::size_t count = 0;
    for (++at_; next(']');) {
      const std::string child = fmt::format("{}/{}", pointer, count++);
      lines_.emplace(child, line_);
      value(child, depth);
    }
  }

  /// Whether another member or element follows; steps over the comma or the closing bracket.
  bool next(char closing) {
    skip_blank();
    while (!at_end() && text_[at_] == ',') {
      ++at_;
      skip_blank();
    }
    if (at_end()) return false;
    if (text_[at_] != closing) return true;
    ++at_;
    return false;
  }

  std::string string() {
    const std::size_t start = at_++;
    while (!at_end() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_end()) return {};
    ++at_;
    const auto parsed = parse_json(text_.substr(start, at_ - start));
    return parsed && parsed->is_string() ? parsed->get<std::string>() : std::string();
  }

  void skip_blank() {
    while (!at_end()) {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with("//")) {
        at_ += std::min(rest.find('\n'), rest.size());
      } else if (rest.starts_with("/*")) {
        const auto end = std::min(rest.find("*/", 2), rest.size() - 2);
        line_ += static_cast<int>(std::ranges::count(rest.substr(0, end), '\n'));
        at_ += end + 2;
      } else if (std::string_view(" \t\r\n").find(rest.front()) != kNone) {
        line_ += rest.front() == '\n' ? 1 : 0;
        ++at_;
      } else {
        return;
      }
    }
  }

  bool at_end() const { return at_ >= text_.size(); }

  std::string_view text_;
  Lines& lines_;
  std::size_t at_ = 0;
  int line_ = 1;
  int twin_ = 0;
};

}  // namespace

int line_of(const Lines& lines, std::string_view pointer) {
  while (!pointer.empty()) {
    if (const auto found = lines.find(pointer); found != lines.end()) return found->second;
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
  return 1;
}

std::string child_of(std::string_view pointer, std::string_view name) {
  std::string out = fmt::format("{}/", pointer);
  name = name.substr(0, kLongestName);
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::expected<Json, DocumentProblem> parse_document(std::string_view text, Syntax syntax,
                                                    Lines& lines) {
  if (syntax == Syntax::toml) return parse_toml(text, lines);
  // Editors of other systems write it, and wrangler takes it.
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  LineWalk walk(text, lines);
  walk.value("", 0);
  auto parsed = parse_jsonc(text);
  if (parsed) return std::move(*parsed);
  const auto offset = parsed.error().offset;
  const int line = offset ? 1 + static_cast<int>(std::ranges::count(text.substr(0, *offset), '\n'))
                          : walk.line_of_twin();
  return std::unexpected(DocumentProblem{line, std::move(parsed).error().message});
}

}  // namespace rollout
