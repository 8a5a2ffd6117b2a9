// SPDX-License-Identifier: Apache-2.0
// The tables of keys: one per document. Checking, defaults, the JSON Schema, the key reference and
// "did you mean" all come from them, so a new key is a new row (and the line that uses it).
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollout {

/// What a key holds. `types.h` has the rules for each.
enum class Type {
  version_one,
  boolean,
  count,
  count_or_zero,
  percent,
  period,
  span,
  span_or_zero,
  extent_count,
  extent_span,
  extent,
  rate,
  date,
  instant,
  stretch,
  timezone,
  window,
  capture,
  choice,
  name,
  policy,
  worker,
  credential,
  account_id,
  url,
  path,
  socket,
  module_path,
  listen,
  settings_file,
  text,
  any_text,
  pattern,
  fact,
  templated,
  json,
};

/// How many of them, and around what.
enum class Shape {
  one,
  one_or_list,      ///< A list is the union of its entries.
  list,             ///< May be empty.
  section,          ///< A map with the keys of `child`.
  sections,         ///< A list of such maps; may be empty.
  filled_sections,  ///< Has at least one.
  named_sections,   ///< A map: a name chosen by the author -> a map with the keys of `child`.
  one_or_section,   ///< One of the words, or a map.
  facts,            ///< A map: a fact of the build -> one or a list of them.
  fact_values,      ///< A map: a fact of the build -> one of them; may be empty.
};

enum class Need { optional, required };

struct Table;

struct Key {
  std::string_view name;
  Shape shape = Shape::one;
  Type type = Type::text;
  std::string_view sentence;
  std::string_view fallback = "";  ///< The default as one would write it; empty: none.
  Need need = Need::optional;
  const Table* child = nullptr;
  std::span<const std::string_view> choices = {};  ///< Of `choice`, and the words beside a map.
  std::uint64_t most = std::numeric_limits<std::uint32_t>::max();  ///< Of `count`.
  bool inherits = false;  ///< Where it is absent, `defaults:` has a say before `fallback`.
};

struct Table {
  std::string_view title;  ///< As the key reference heads it.
  std::span<const Key> keys;
  /// JSON Schema beside that of the keys: what one key means for another.
  std::string_view also = "";
  const Key* find(std::string_view name) const;
  std::vector<std::string> names() const;
};

/// `rolloutd.yaml`.
const Table& rolloutd_table();
/// `conf.d/*.yaml`: accounts and workers only.
const Table& conf_d_table();
const Table& retention_table();
const Table& tagging_table();

/// The facts that templates and conditions may name; `info.*` stands for any path below it.
struct FactRow {
  std::string_view name;
  std::string_view sentence;
};
std::span<const FactRow> fact_rows();

}  // namespace rollout
