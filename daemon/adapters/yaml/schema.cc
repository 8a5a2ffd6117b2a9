// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/yaml/types.h"
#include "daemon/codec/json.h"
#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

Json table_schema(const Table& table);

Json choices_schema(const Key& key) {
  return {{"enum", std::vector<std::string>(key.choices.begin(), key.choices.end())}};
}

Json value_schema(const Key& key) {
  if (key.type == Type::choice) return choices_schema(key);
  auto schema = parse_json(rule_of(key.type).schema);
  ENSURE(schema.has_value(), "the schema of a type is JSON");
  const bool bounded = key.type == Type::count;
  if (bounded) (*schema)["maximum"] = key.most;
  return std::move(*schema);
}

Json list_of(Json item, std::size_t least) {
  Json out = {{"type", "array"}, {"items", std::move(item)}};
  if (least > 0) out["minItems"] = least;
  return out;
}

Json one_or_list_of(const Json& item) {
  return {{"anyOf", Json::array({item, list_of(item, 1)})}};
}

Json map_of(Json value, std::size_t least) {
  Json out = {{"type", "object"}, {"additionalProperties", std::move(value)}};
  if (least > 0) out["minProperties"] = least;
  return out;
}

Json shape_schema(const Key& key) {
  switch (key.shape) {
    case Shape::one:
      return value_schema(key);
    case Shape::one_or_list:
      return one_or_list_of(value_schema(key));
    case Shape::list:
      return list_of(value_schema(key), 0);
    case Shape::section:
      return table_schema(*key.child);
    case Shape::sections:
      return list_of(table_schema(*key.child), 0);
    case Shape::filled_sections:
      return list_of(table_schema(*key.child), 1);
    case Shape::named_sections:
      return map_of(table_schema(*key.child), 0);
    case Shape::one_or_section:
      return {{"anyOf", Json::array({value_schema(key), table_schema(*key.child)})}};
    case Shape::facts:
      return map_of(one_or_list_of(value_schema(key)), 1);
    case Shape::fact_values:
      return map_of(value_schema(key), 0);
  }
  ensure_failed("a shape without a schema", std::source_location::current());
}

Json table_schema(const Table& table) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Key& key : table.keys) {
    Json& schema = properties[std::string(key.name)];
    schema = shape_schema(key);
    schema["description"] = key.sentence;
    if (!key.fallback.empty())
      schema["description"] = fmt::format("{} Default: {}.", key.sentence, key.fallback);
    if (key.need == Need::required) required.push_back(key.name);
  }
  Json out = {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

}  // namespace

std::string json_schema(const Table& document) {
  Json schema = table_schema(document);
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = document.title;
  return dump_json_pretty(schema) + "\n";
}

}  // namespace rollout
