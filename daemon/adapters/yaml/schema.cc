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

/// `info.*` is any name that begins with `info.`.
constexpr std::string_view kAnyPath = ".*";

std::string pattern_of(std::string_view fact) {
  return fmt::format("^{}\\..", fact.substr(0, fact.size() - kAnyPath.size()));
}

Json fact_schema() {
  Json names = Json::array();
  Json any_of = Json::array();
  for (const FactRow& row : fact_rows()) {
    if (row.name.ends_with(kAnyPath)) {
      any_of.push_back({{"type", "string"}, {"pattern", pattern_of(row.name)}});
    } else {
      names.push_back(row.name);
    }
  }
  any_of.push_back({{"type", "string"}, {"enum", std::move(names)}});
  return {{"anyOf", std::move(any_of)}};
}

/// A template as core/policy/template.cc reads it: braces doubled, or a fact and its filters.
Json template_schema() {
  const std::string number = "(?=[0-9]*[1-9])[0-9]{1,4}";
  std::string facts;
  for (const FactRow& row : fact_rows()) {
    const bool open = row.name.ends_with(kAnyPath);
    const auto name = open ? row.name.substr(0, row.name.size() - 1) : row.name;
    if (!facts.empty()) facts += '|';
    for (const char c : name) facts += c == '.' ? "\\." : std::string(1, c);
    if (open) facts += "[A-Za-z0-9_.-]+";
  }
  return {{"type", "string"},
          {"pattern", R"(^([^{}]|\{\{|\}\}|\{()" + facts + ")(:(" + number +
                          R"(|%[^|{}]*))?(\|(lower|upper|slug|size|truncate:)" + number +
                          R"(|default:"[^"]*"))*\})+$)"}};
}

Json value_schema(const Key& key) {
  if (key.type == Type::choice) return {{"type", "string"}, {"enum", key.choices}};
  if (key.type == Type::fact) return fact_schema();
  if (key.type == Type::templated) return template_schema();
  auto schema = parse_json(rule_of(key.type).schema);
  ENSURE(schema.has_value(), "the schema of a type is JSON");
  const bool bounded = key.type == Type::count || key.type == Type::count_or_zero;
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

/// Facts by name, so that an editor completes them and says what each is.
Json facts_of(const Json& value, std::size_t least) {
  Json out = {{"type", "object"}, {"additionalProperties", false}};
  for (const FactRow& row : fact_rows()) {
    Json schema = value;
    schema["description"] = row.sentence;
    if (row.name.ends_with(kAnyPath)) {
      out["patternProperties"][pattern_of(row.name)] = std::move(schema);
    } else {
      out["properties"][std::string(row.name)] = std::move(schema);
    }
  }
  if (least > 0) out["minProperties"] = least;
  return out;
}

Json shape_schema(const Key& key) {
  switch (key.shape) {
    case Shape::one:
      return value_schema(key);
    case Shape::one_or_list:
      return one_or_list_of(value_schema(key));
    case Shape::list: {
      Json list = list_of(value_schema(key), 0);
      if (key.type == Type::fact) list["uniqueItems"] = true;
      return list;
    }
    case Shape::section:
      return table_schema(*key.child);
    case Shape::sections:
      return list_of(table_schema(*key.child), 0);
    case Shape::filled_sections:
      return list_of(table_schema(*key.child), 1);
    case Shape::named_sections:
      return {{"type", "object"},
              {"propertyNames", *parse_json(rule_of(Type::name).schema)},
              {"additionalProperties", table_schema(*key.child)}};
    case Shape::one_or_section:
      return {{"anyOf", Json::array({value_schema(key), table_schema(*key.child)})}};
    case Shape::facts:
      return facts_of(one_or_list_of(value_schema(key)), 1);
    case Shape::fact_values:
      return facts_of(value_schema(key), 0);
  }
  ensure_failed("a shape without a schema", std::source_location::current());
}

/// The default as JSON has it, which is what an editor fills in.
Json default_of(const Key& key) {
  if (key.type == Type::boolean || key.type == Type::count || key.type == Type::count_or_zero ||
      key.type == Type::version_one) {
    auto value = parse_json(key.fallback);
    ENSURE(value.has_value(), "the default of a number or boolean is JSON");
    return *std::move(value);
  }
  return key.fallback;
}

/// With what an editor shows of it.
Json key_schema(const Key& key) {
  Json schema = shape_schema(key);
  schema["title"] = key.name;
  std::string text(key.sentence);
  if (key.child == nullptr) text += fmt::format("\n\nValue: {}.", written(key));
  if (!key.fallback.empty()) {
    schema["default"] = default_of(key);
    text += fmt::format(" Default: `{}`.", key.fallback);
  }
  schema["description"] = std::move(text);
  return schema;
}

Json table_schema(const Table& table) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Key& key : table.keys) {
    properties[std::string(key.name)] = key_schema(key);
    if (key.need == Need::required) required.push_back(key.name);
  }
  Json out = {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) out["required"] = std::move(required);
  if (!table.also.empty()) {
    const auto also = parse_json(table.also);
    ENSURE(also.has_value(), "what a table says beside its keys is JSON");
    out.update(*also);
  }
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
