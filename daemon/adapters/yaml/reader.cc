// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/reader.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "daemon/adapters/yaml/utf8.h"
#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

/// Turns yaml-cpp's marks (from 0, in bytes) into places.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text), starts_{0} {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  Place place(const YAML::Mark& mark) const {
    if (mark.is_null() || mark.line < 0) return {};
    const std::string_view before =
        this->line(mark).substr(0, static_cast<std::size_t>(mark.column));
    return {.line = static_cast<std::size_t>(mark.line) + 1,
            .column = count_characters(before) + 1};
  }

  /// The line without its newline; nothing for a line beyond the end.
  std::string_view line(const YAML::Mark& mark) const {
    const auto index = static_cast<std::size_t>(mark.line);
    if (mark.line < 0 || index >= starts_.size()) return {};
    const std::string_view from = text_.substr(starts_[index]);
    return from.substr(0, from.find('\n'));
  }

  /// `length`: bytes of the text as it is written, from the mark.
  Place place(const YAML::Mark& mark, std::size_t length) const {
    Place out = place(mark);
    out.width = std::max<std::size_t>(1, count_characters(rest(mark).substr(0, length)));
    return out;
  }

  /// What is written from the mark to the end of the file.
  std::string_view rest(const YAML::Mark& mark) const {
    const auto line = static_cast<std::size_t>(mark.line);
    if (line >= starts_.size()) return {};
    const std::size_t at = starts_[line] + static_cast<std::size_t>(mark.column);
    return text_.substr(std::min(at, text_.size()));
  }

  Place place_of_byte(std::size_t offset) const {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const auto line = static_cast<std::size_t>(next - starts_.begin()) - 1;
    const std::string_view before = text_.substr(starts_[line], offset - starts_[line]);
    return {.line = line + 1, .column = count_characters(before) + 1};
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

struct Reach {
  std::size_t nodes = 1;
  std::size_t depth = 1;
};

// Bytes up to and with the closing quote; npos where there is none.
std::size_t quoted_length(std::string_view text) {
  const char quote = text[0];
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || !text.substr(i + 1).starts_with(quote)) return i + 1;
      ++i;
    }
  }
  return std::string_view::npos;
}

// Recursion is bounded by kYamlDepth: nothing deeper was ever built.
Reach reach_of(const Node& node) {
  Reach out{1, 0};
  const auto add = [&out](const Node& child) {
    const Reach inner = reach_of(child);
    out.nodes += inner.nodes;
    out.depth = std::max(out.depth, inner.depth);
  };
  for (const Node& item : node.items) add(item);
  for (const KeyValue& member : node.members) add(member.value);
  ++out.depth;
  return out;
}

/// Builds the tree from yaml-cpp's events and notes everything that YAML allows and we do not.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const Lines& lines, Problems& problems) : lines_(lines), problems_(problems) {}

  /// After a problem that leaves no tree.
  bool stopped() const { return stopped_; }
  std::optional<Node> take() { return stopped_ ? std::nullopt : std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    // yaml-cpp takes whatever it cannot use for the start of a document, without moving on.
    const bool marked = lines_.line(mark).starts_with("---");
    stop(lines_.place(mark), marked ? Mistake::second_document : Mistake::syntax,
         marked ? "a second document begins; one is allowed"
                : "not valid YAML: this does not belong to what stands before it");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.place = lines_.place(mark);
    close(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (stopped_) return;
    const Place place = lines_.place(mark);
    if (awaits_key()) return stop(place, Mistake::key_not_text, "an alias cannot be a key");
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      return stop(place, Mistake::recursive_alias, "the alias stands inside its own anchor");
    }
    const Reach reach = reach_of(found->second);
    if (!charge(reach.nodes, place) || !fits(stack_.size() + reach.depth, place)) return;
    attach(found->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (stopped_) return;
    Node node;
    node.kind = Node::Kind::text;
    node.style = tag == "!" ? Node::Style::quoted : Node::Style::plain;
    const std::string_view written = lines_.rest(mark);
    const bool quotes = written.starts_with('"') || written.starts_with('\'');
    const std::size_t length = quotes ? quoted_length(written) : value.size();
    node.place = lines_.place(mark, length);
    node.text = value;
    if (length == std::string_view::npos) {  // yaml-cpp takes the end of the file for the quote.
      return stop(lines_.place(mark), Mistake::syntax, "not valid YAML: the quote is never closed");
    }
    check_tag(node.place, tag);
    if (awaits_key()) {
      begin_member(value, node.place);
      if (anchor != YAML::NullAnchor) anchors_.insert_or_assign(anchor, std::move(node));
      return;
    }
    close(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { end(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { end(); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::map<std::string, Place, std::less<>> keys;
    std::optional<KeyValue> member;  // Whose value comes next.
    bool twin = false;               // That member stands here a second time.
  };

  bool awaits_key() const {
    return !stack_.empty() && stack_.back().node.kind == Node::Kind::map && !stack_.back().member;
  }

  void stop(const Place& place, Mistake mistake, std::string message) {
    if (!stopped_) problems_.add(place, mistake, std::move(message));
    stopped_ = true;
  }

  bool charge(std::size_t nodes, const Place& place) {
    nodes_ += nodes;
    if (nodes_ > kYamlNodes) {
      stop(place, Mistake::too_many_nodes,
           fmt::format("more than {} values, aliases counted in full", kYamlNodes));
    }
    return !stopped_;
  }

  bool fits(std::size_t depth, const Place& place) {
    if (depth > kYamlDepth) {
      stop(place, Mistake::too_deep, fmt::format("nested more than {} levels deep", kYamlDepth));
    }
    return !stopped_;
  }

  void check_tag(const Place& place, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    problems_.add(place, Mistake::tag_not_allowed,
                  "YAML tags are not allowed; the key decides what a value is");
  }

  void begin_member(const std::string& key, const Place& place) {
    Open& map = stack_.back();
    const auto [first, fresh] = map.keys.emplace(key, place);
    if (!fresh) {
      problems_.add(
          place, Mistake::duplicate_key,
          fmt::format("duplicate key \"{}\"; the first is at line {}", key, first->second.line));
    }
    map.member.emplace(KeyValue{key, place, {}});
    map.twin = !fresh;
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    if (stopped_) return;
    const Place place = lines_.place(mark);
    check_tag(place, tag);
    if (awaits_key()) return stop(place, Mistake::key_not_text, "a key must be a text");
    if (!fits(stack_.size() + 1, place)) return;
    Open& opened = stack_.emplace_back();
    opened.node.kind = kind;
    opened.node.place = place;
    opened.anchor = anchor;
  }

  void end() {
    if (stopped_) return;
    Open done = std::move(stack_.back());
    stack_.pop_back();
    close(std::move(done.node), done.anchor);
  }

  // A value is complete. Containers were charged for by their contents, and are for themselves.
  void close(Node node, YAML::anchor_t anchor) {
    if (stopped_) return;
    if (awaits_key()) return stop(node.place, Mistake::key_not_text, "a key must be a text");
    if (!charge(1, node.place)) return;
    if (anchor != YAML::NullAnchor) anchors_.insert_or_assign(anchor, node);
    attach(std::move(node));
  }

  void attach(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.kind == Node::Kind::list) {
      parent.node.items.push_back(std::move(node));
      return;
    }
    ENSURE(parent.member.has_value(), "a value in a map follows its key");
    parent.member->value = std::move(node);
    if (!parent.twin) parent.node.members.push_back(std::move(*parent.member));
    parent.member.reset();
  }

  const Lines& lines_;
  Problems& problems_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::optional<Node> root_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
  bool stopped_ = false;
};

std::string syntax_message(const std::string& from_library, std::string_view line) {
  std::string message = "not valid YAML: " + from_library;
  if (line.starts_with('\t')) message += "; the line begins with a tab: indent with spaces";
  if (from_library.contains("anchor") || from_library.contains("alias")) {
    message += "; a text that begins with `*` or `&` must be quoted";
  }
  if (from_library.contains("unknown token")) {
    message += "; quote a text that begins with `@` or a backtick";
  }
  return message;
}

}  // namespace

std::optional<Node> read_yaml(const SourceText& source, Problems& problems) {
  const Lines lines(source.text);
  if (source.text.size() > kYamlBytes) {
    problems.add({}, Mistake::too_large,
                 fmt::format("the file has more than {} KiB", kYamlBytes / 1024));
    return std::nullopt;
  }
  if (const auto bad = find_bad_byte(source.text)) {
    const bool control = bad->why == BadByte::Why::control;
    problems.add(lines.place_of_byte(bad->offset),
                 control ? Mistake::control_character : Mistake::not_utf8,
                 fmt::format("byte {} is {}", bad->offset,
                             control ? "a control character" : "not valid UTF-8"));
    return std::nullopt;
  }
  TreeBuilder builder(lines, problems);
  std::istringstream stream(source.text);
  try {
    YAML::Parser parser(stream);
    while (!builder.stopped() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::ParserException& error) {
    problems.add(lines.place(error.mark), Mistake::syntax,
                 syntax_message(error.msg, lines.line(error.mark)));
    return std::nullopt;
  }
  auto root = builder.take();
  if (!root && problems.empty()) {
    problems.add({}, Mistake::empty_document, "there is nothing in the file");
  }
  return root;
}

}  // namespace rollout
