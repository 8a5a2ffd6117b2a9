// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/check.h"

#include <fmt/format.h>

#include "daemon/adapters/yaml/nearest.h"
#include "daemon/adapters/yaml/texts.h"
#include "daemon/adapters/yaml/tree_json.h"
#include "daemon/adapters/yaml/types.h"

namespace rollout {
namespace {

std::string_view kind_name(const Node& node) {
  switch (node.kind) {
    case Node::Kind::none:
      return "nothing";
    case Node::Kind::text:
      return "a text";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "keys and values";
  }
  return "";
}

std::string join_path(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

std::string in_path(const std::string& path) {
  return path.empty() ? std::string() : " in " + path;
}

class Checker {
 public:
  explicit Checker(Problems& problems) : problems_(problems) {}

  void table(const Node& node, const Table& table, const std::string& path) {
    for (const KeyValue& member : node.members) {
      if (const Key* key = table.find(member.key)) {
        value(member, *key, join_path(path, member.key));
      } else {
        unknown(member, table, path);
      }
    }
    for (const Key& key : table.keys) {
      if (key.need == Need::required && node.find(key.name) == nullptr) {
        problems_.add(node.place, Mistake::missing_key,
                      fmt::format("\"{}\" is missing{}", key.name, in_path(path)));
      }
    }
  }

 private:
  void unknown(const KeyValue& member, const Table& table, const std::string& path) {
    if (member.key == "<<") {
      problems_.add(member.place, Mistake::unknown_key,
                    "merge keys (<<) are not supported; write the keys out");
      return;
    }
    if (path.ends_with(".token")) {  // The key may be a token in braces: it is not repeated.
      problems_.add(member.place, Mistake::unknown_key,
                    fmt::format("unknown key{}{}", in_path(path), known_names(table.names())));
      return;
    }
    const std::string guess = did_you_mean(member.key, table.names());
    problems_.add(member.place, Mistake::unknown_key,
                  fmt::format("unknown key \"{}\"{}{}", member.key, in_path(path),
                              guess.empty() ? known_names(table.names()) : guess));
  }

  void value(const KeyValue& member, const Key& key, const std::string& path) {
    const Node& node = member.value;
    if (node.kind == Node::Kind::none) {
      problems_.add(member.place, Mistake::no_value,
                    fmt::format("\"{}\" has no value; give one or remove the key", path));
      return;
    }
    if (key.type == Type::json) return check_json_value(node, problems_);
    switch (key.shape) {
      case Shape::one:
        return text(node, key, path);
      case Shape::one_or_list:
        return node.kind == Node::Kind::list ? texts(node, key, path) : text(node, key, path);
      case Shape::list:
        return texts(node, key, path);
      case Shape::section:
        return section(node, key, path);
      case Shape::sections:
      case Shape::filled_sections:
        return sections(node, key, path);
      case Shape::named_sections:
        return named_sections(node, key, path);
      case Shape::one_or_section:
        return node.kind == Node::Kind::map ? section(node, key, path) : text(node, key, path);
      case Shape::facts:
      case Shape::fact_values:
        return facts(node, key, path);
    }
  }

  bool wants(const Node& node, Node::Kind kind, std::string_view what, const std::string& path) {
    if (node.kind == kind) return true;
    const bool braces = node.kind == Node::Kind::map && kind == Node::Kind::text;
    problems_.add(node.place, Mistake::wrong_type,
                  fmt::format("\"{}\" wants {}, not {}{}", path, what, kind_name(node),
                              braces ? "; a text that begins with { must be quoted" : ""));
    return false;
  }

  void text(const Node& node, const Key& key, const std::string& path) {
    if (node.kind == Node::Kind::none) {
      problems_.add(node.place, Mistake::no_value,
                    fmt::format("an entry of \"{}\" is empty", path));
      return;
    }
    if (!wants(node, Node::Kind::text, "a text", path)) return;
    if (auto finding = check_text(key, node)) {
      problems_.add(node.place, finding->mistake, fmt::format("{}: {}", path, finding->message));
    }
  }

  void texts(const Node& node, const Key& key, const std::string& path) {
    if (!wants(node, Node::Kind::list, "a list", path)) return;
    if (node.items.empty() && key.shape == Shape::one_or_list) return empty(node, path);
    for (const Node& item : node.items) text(item, key, path);
  }

  void empty(const Node& node, const std::string& path) {
    problems_.add(node.place, Mistake::empty_list, fmt::format("\"{}\" has no entries", path));
  }

  void section(const Node& node, const Key& key, const std::string& path) {
    if (node.kind == Node::Kind::text && key.name == "token") {
      // The text may be the token itself: it is neither repeated nor shown.
      problems_.add(node.place, Mistake::inline_token,
                    fmt::format("{}: a token is never written here; write {{ credential: NAME }} "
                                "or {{ file: /path }}",
                                path));
      return;
    }
    if (wants(node, Node::Kind::map, "keys and values", path)) table(node, *key.child, path);
  }

  void sections(const Node& node, const Key& key, const std::string& path) {
    if (!wants(node, Node::Kind::list, "a list", path)) return;
    if (node.items.empty() && key.shape == Shape::filled_sections) return empty(node, path);
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const Node& item = node.items[i];
      const std::string at = entry_path(path, item, i + 1);
      if (wants(item, Node::Kind::map, "keys and values", at)) table(item, *key.child, at);
    }
  }

  void named_sections(const Node& node, const Key& key, const std::string& path) {
    if (!wants(node, Node::Kind::map, "keys and values", path)) return;
    for (const KeyValue& member : node.members) {
      const std::string at = join_path(path, member.key);
      if (auto finding = check_name(member.key)) problems_.add(member.place, std::move(*finding));
      if (wants(member.value, Node::Kind::map, "keys and values", at)) {
        table(member.value, *key.child, at);
      }
    }
  }

  void facts(const Node& node, const Key& key, const std::string& path) {
    if (!wants(node, Node::Kind::map, "keys and values", path)) return;
    const bool lists = key.shape == Shape::facts;
    if (node.members.empty() && lists) return empty(node, path);
    for (const KeyValue& member : node.members) {
      const std::string at = join_path(path, member.key);
      if (auto finding = check_fact(member.key)) problems_.add(member.place, std::move(*finding));
      if (member.value.kind != Node::Kind::list || !lists) {
        text(member.value, key, at);
      } else if (member.value.items.empty()) {
        empty(member.value, at);
      } else {
        for (const Node& item : member.value.items) text(item, key, at);
      }
    }
  }

  Problems& problems_;
};

}  // namespace

std::string entry_path(const std::string& path, const Node& entry, std::size_t index) {
  const KeyValue* name = entry.find("name");
  if (name != nullptr && name->value.kind == Node::Kind::text && !check_worker(name->value.text)) {
    return join_path(path, name->value.text);
  }
  return fmt::format("{}[{}]", path, index);
}

void check_document(const Node& root, const Table& table, Problems& problems) {
  if (root.kind != Node::Kind::map) {
    problems.add(root.place, Mistake::wrong_type,
                 fmt::format("the file wants keys and values, not {}", kind_name(root)));
    return;
  }
  Checker(problems).table(root, table, "");
}

}  // namespace rollout
