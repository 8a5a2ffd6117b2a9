// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/effective.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/yaml/check.h"
#include "daemon/adapters/yaml/keys.h"
#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/codec/json.h"

namespace rollout {
namespace {

// Of a section with a required key there are no defaults: it is there or it is not.
bool has_no_required_key(const Table& table) {
  return std::none_of(table.keys.begin(), table.keys.end(),
                      [](const Key& key) { return key.need == Need::required; });
}

bool is_secret(const Node& map, const KeyValue& member) {
  const KeyValue* type = map.find("type");
  return type != nullptr && type->value.text.starts_with("secret") &&
         (member.key == "text" || member.key == "key_base64");
}

/// A section that stands in for another where that lacks a key.
struct Inherited {
  const Document* document = nullptr;
  const Node* node = nullptr;
};

class Lister {
 public:
  explicit Lister(Inherited defaults) : defaults_(defaults) {}

  /// `node` may be null: all defaults.
  void table(const Document& document, const Node* node, const Table& table,
             const std::string& path) {
    for (const Key& key : table.keys) {
      const KeyValue* member = node == nullptr ? nullptr : node->find(key.name);
      const std::string at =
          path.empty() ? std::string(key.name) : fmt::format("{}.{}", path, key.name);
      if (member != nullptr) {
        given(document, member->value, key, at);
      } else {
        absent(document, key, at);
      }
    }
  }

  std::vector<EffectiveValue> take() { return std::move(values_); }

 private:
  void given(const Document& document, const Node& node, const Key& key, const std::string& path) {
    const bool map = node.kind == Node::Kind::map;
    if (key.shape == Shape::section || (key.shape == Shape::one_or_section && map)) {
      return table(document, &node, *key.child, path);
    }
    if (key.shape == Shape::named_sections) {
      for (const KeyValue& member : node.members) {
        table(document, &member.value, *key.child, path + "." + member.key);
      }
      return;
    }
    if (key.shape == Shape::sections || key.shape == Shape::filled_sections) {
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        table(document, &node.items[i], *key.child, entry_path(path, node.items[i], i + 1));
      }
      return;
    }
    add(path, write_value(node), fmt::format("{}:{}", document.file(), node.place.line));
  }

  void absent(const Document& document, const Key& key, const std::string& path) {
    const KeyValue* inherited =
        key.inherits && defaults_.node != nullptr ? defaults_.node->find(key.name) : nullptr;
    if (inherited != nullptr) return given(*defaults_.document, inherited->value, key, path);
    if (key.shape == Shape::section && has_no_required_key(*key.child)) {
      return table(document, nullptr, *key.child, path);
    }
    if (!key.fallback.empty()) add(path, std::string(key.fallback), "default");
  }

  void add(std::string path, std::string value, std::string source) {
    values_.push_back({std::move(path), std::move(value), std::move(source)});
  }

  Inherited defaults_;
  std::vector<EffectiveValue> values_;
};

}  // namespace

std::string write_value(const Node& node) {
  std::string out;
  const auto separate = [&out] { out += out.size() > 1 ? ", " : ""; };
  switch (node.kind) {
    case Node::Kind::none:
      return "null";
    case Node::Kind::text:
      return node.style == Node::Style::plain ? node.text : dump_json(node.text);
    case Node::Kind::list:
      out = "[";
      for (const Node& item : node.items) {
        separate();
        out += write_value(item);
      }
      return out + "]";
    case Node::Kind::map:
      out = "{";
      for (const KeyValue& member : node.members) {
        separate();
        out += member.key + ": ";
        out += is_secret(node, member) ? "(hidden)" : write_value(member.value);
      }
      return out + "}";
  }
  return out;
}

std::vector<EffectiveValue> effective_values(const ConfigFiles& files) {
  const KeyValue* defaults = files.main().root()->find("defaults");
  Lister lister({&files.main(), defaults == nullptr ? nullptr : &defaults->value});
  lister.table(files.main(), files.main().root(), rolloutd_table(), "");
  for (const auto& document : files.conf_d()) {
    lister.table(*document, document->root(), conf_d_table(), "");
  }
  for (const auto& document : files.policies()) {
    const bool retention = document->root()->members.front().key == "retention";
    const Table& table = retention ? retention_table() : tagging_table();
    const std::string& name = document->root()->members.front().value.text;
    lister.table(*document, document->root(), table,
                 (retention ? "retention." : "tagging.") + name);
  }
  return lister.take();
}

}  // namespace rollout
