// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/view.h"

#include "daemon/adapters/yaml/scalars.h"
#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

template <class T>
T or_zero(Scalar<T> scalar) {
  return scalar ? std::move(*scalar) : T{};
}

}  // namespace

View::View(const Node* node, const Table& table)
    : node_(node != nullptr && node->kind == Node::Kind::map ? node : nullptr), table_(&table) {}

const Key& View::key(std::string_view name) const {
  const Key* key = table_->find(name);
  ENSURE(key != nullptr, "every key that is read has a row in its table");
  return *key;
}

const Node* View::node(std::string_view name) const {
  const Key& row = key(name);
  const KeyValue* member = node_ == nullptr ? nullptr : node_->find(row.name);
  return member == nullptr ? nullptr : &member->value;
}

bool View::has(std::string_view name) const {
  return node(name) != nullptr;
}

Node View::scalar(const Key& row) const {
  if (const Node* found = node(row.name)) {
    return found->kind == Node::Kind::text ? *found : Node{};
  }
  Node fallback;
  fallback.kind = Node::Kind::text;
  fallback.text = row.fallback;
  return fallback;
}

std::string View::text(std::string_view name) const {
  return scalar(key(name)).text;
}

bool View::flag(std::string_view name) const {
  ENSURE(key(name).type == Type::boolean, "a flag is a boolean");
  return or_zero(parse_boolean(scalar(key(name))));
}

std::uint64_t View::count(std::string_view name) const {
  const Type type = key(name).type;
  ENSURE(type == Type::count || type == Type::count_or_zero, "a count is a count");
  return or_zero(parse_count(scalar(key(name)), key(name).most));
}

std::uint32_t View::percent(std::string_view name) const {
  ENSURE(key(name).type == Type::percent, "a percentage is a percentage");
  return or_zero(parse_percent(scalar(key(name))));
}

double View::rate(std::string_view name) const {
  ENSURE(key(name).type == Type::rate, "a rate is a rate");
  return or_zero(parse_rate(scalar(key(name))));
}

Millis View::period(std::string_view name) const {
  ENSURE(key(name).type == Type::period, "a period is an exact duration");
  return or_zero(parse_period(scalar(key(name))));
}

Duration View::span(std::string_view name) const {
  const Type type = key(name).type;
  ENSURE(type == Type::span || type == Type::span_or_zero, "a span is a duration");
  return or_zero(parse_span_or_zero(scalar(key(name))));
}

std::vector<Extent> View::extents(std::string_view name) const {
  const Node* value = node(name);
  std::vector<Extent> out;
  if (value == nullptr) return out;
  for (const Node& entry : entries(*value)) {
    if (auto extent = parse_extent(entry)) out.push_back(*extent);
  }
  return out;
}

std::vector<Pattern> View::patterns(std::string_view name) const {
  ENSURE(key(name).type == Type::pattern, "a pattern is a pattern");
  const Node* value = node(name);
  return value == nullptr ? std::vector<Pattern>() : parse_patterns(*value);
}

std::vector<std::uint64_t> View::counts(std::string_view name) const {
  const Node* value = node(name);
  std::vector<std::uint64_t> out;
  if (value == nullptr) return out;
  for (const Node& entry : entries(*value)) {
    if (const auto count = parse_count(entry, key(name).most)) out.push_back(*count);
  }
  return out;
}

std::optional<Instant> View::instant(std::string_view name) const {
  ENSURE(key(name).type == Type::instant, "an instant is an instant");
  const auto instant = parse_instant(scalar(key(name)));
  return instant ? std::optional(*instant) : std::nullopt;
}

std::vector<Live> View::stretches(std::string_view name) const {
  ENSURE(key(name).type == Type::stretch, "a stretch is a stretch");
  const Node* value = node(name);
  std::vector<Live> out;
  if (value == nullptr) return out;
  for (const Node& entry : entries(*value)) {
    if (auto stretch = parse_stretch(entry)) out.push_back(*stretch);
  }
  return out;
}

std::vector<std::string> View::texts(std::string_view name) const {
  const Node* value = node(name);
  std::vector<std::string> out;
  if (value == nullptr) return out;
  for (Node& entry : entries(*value)) out.push_back(std::move(entry.text));
  return out;
}

View View::section(std::string_view name) const {
  ENSURE(key(name).child != nullptr, "a section has a table");
  return {node(name), *key(name).child};
}

std::vector<View> View::sections(std::string_view name) const {
  ENSURE(key(name).child != nullptr, "sections have a table");
  const Node* value = node(name);
  std::vector<View> out;
  if (value == nullptr) return out;
  for (const Node& item : value->items) {
    if (item.kind == Node::Kind::map) out.emplace_back(&item, *key(name).child);
  }
  return out;
}

std::vector<Node> entries(const Node& node) {
  std::vector<Node> out;
  if (node.kind == Node::Kind::text) out.push_back(node);
  for (const Node& item : node.items) {
    if (item.kind == Node::Kind::text) out.push_back(item);
  }
  return out;
}

std::vector<Pattern> parse_patterns(const Node& node) {
  std::vector<Pattern> out;
  for (const Node& entry : entries(node)) {
    if (auto pattern = Pattern::parse(entry.text)) out.push_back(std::move(*pattern));
  }
  return out;
}

}  // namespace rollout
