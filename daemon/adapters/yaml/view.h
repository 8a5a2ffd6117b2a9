// SPDX-License-Identifier: Apache-2.0
// Values of a checked map, by key, with the table's defaults. A value that the checker refused
// reads as its type's zero: the document is refused anyway, and other errors are still found.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/adapters/yaml/keys.h"
#include "daemon/adapters/yaml/node.h"
#include "daemon/core/policy/duration.h"
#include "daemon/core/policy/pattern.h"
#include "daemon/core/policy/retention.h"

namespace rollout {

class View {
 public:
  /// `node` may be null: an absent section, of which all defaults are read. Both are borrowed.
  View(const Node* node, const Table& table);

  // Asking for a key that the table does not have, or has with another type, is a broken invariant.
  bool has(std::string_view key) const;
  std::string text(std::string_view key) const;
  bool flag(std::string_view key) const;
  std::uint64_t count(std::string_view key) const;
  std::uint32_t percent(std::string_view key) const;
  double rate(std::string_view key) const;
  Millis period(std::string_view key) const;
  Duration span(std::string_view key) const;
  std::vector<Extent> extents(std::string_view key) const;
  std::vector<Pattern> patterns(std::string_view key) const;
  std::vector<std::uint64_t> counts(std::string_view key) const;
  std::optional<Instant> instant(std::string_view key) const;
  std::vector<Live> stretches(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;

  /// Whether it is there or not.
  View section(std::string_view key) const;
  /// Those entries that are maps.
  std::vector<View> sections(std::string_view key) const;
  /// The value of a key; null where it is absent.
  const Node* node(std::string_view key) const;
  /// The map itself; null where it is absent.
  const Node* whole() const { return node_; }
  const Table& table() const { return *table_; }

 private:
  const Key& key(std::string_view name) const;
  /// The text as written or by default; nothing where there is neither.
  Node scalar(const Key& key) const;

  const Node* node_;
  const Table* table_;
};

/// The texts of a value that is one text or a list of them.
std::vector<Node> entries(const Node& node);

/// The patterns among them that can be used.
std::vector<Pattern> parse_patterns(const Node& node);

}  // namespace rollout
