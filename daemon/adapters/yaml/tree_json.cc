// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/tree_json.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "daemon/adapters/yaml/scalars.h"

namespace rollout {
namespace {

// A decimal fraction that prints the same again: `0.5`, not `.5`, `1.10` or `1e3`.
bool is_plain_fraction(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view whole = text.substr(0, dot);
  const std::string_view fraction = text.substr(dot + 1);
  return (is_plain_integer(whole) || whole == "-0") && !fraction.empty() &&
         fraction.find_first_not_of("0123456789") == std::string_view::npos &&
         (fraction.back() != '0' || fraction == "0") && text.size() <= 16;
}

/// The first part of a JSON Pointer.
struct Step {
  std::string_view token;
  std::string_view rest;
  std::optional<std::size_t> index;  ///< Where the token is a number.
};

Step first_step(std::string_view pointer) {
  const std::string_view token = pointer.substr(1, pointer.find('/', 1) - 1);
  Step out{token, pointer.substr(token.size() + 1), std::nullopt};
  std::size_t index = 0;
  const auto read = std::from_chars(token.data(), token.data() + token.size(), index);
  if (read.ec == std::errc() && read.ptr == token.data() + token.size()) out.index = index;
  return out;
}

bool is_json_integer(std::string_view text) {
  return is_plain_integer(text) && text.size() <= 18;
}

Json text_to_json(const Node& node) {
  const std::string& text = node.text;
  if (node.style == Node::Style::quoted) return text;
  if (text == "true") return true;
  if (text == "false") return false;
  const char* end = text.data() + text.size();
  if (is_json_integer(text)) {
    std::int64_t value = 0;
    std::from_chars(text.data(), end, value);
    return value;
  }
  if (is_plain_fraction(text)) {
    double value = 0;
    std::from_chars(text.data(), end, value);
    return value;
  }
  return text;
}

}  // namespace

void check_json_value(const Node& node, Problems& problems) {
  const bool clear = node.kind != Node::Kind::text || node.text == "true" || node.text == "false" ||
                     is_json_integer(node.text) || is_plain_fraction(node.text);
  if (!clear) {
    if (auto finding = check_quotes(node)) problems.add(node.place, std::move(*finding));
  }
  for (const Node& item : node.items) check_json_value(item, problems);
  for (const KeyValue& member : node.members) check_json_value(member.value, problems);
}

Json to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::none:
      return nullptr;
    case Node::Kind::text:
      return text_to_json(node);
    case Node::Kind::list: {
      Json out = Json::array();
      for (const Node& item : node.items) out.push_back(to_json(item));
      return out;
    }
    case Node::Kind::map: {
      Json out = Json::object();
      for (const KeyValue& member : node.members) out[member.key] = to_json(member.value);
      return out;
    }
  }
  return nullptr;
}

Place find_pointer(const Node& node, std::string_view pointer) {
  if (!pointer.starts_with('/')) return node.place;
  const Step step = first_step(pointer);
  if (const KeyValue* member = node.find(step.token)) {
    return step.rest.empty() ? member->value.place : find_pointer(member->value, step.rest);
  }
  if (step.index && *step.index < node.items.size()) {
    return find_pointer(node.items[*step.index], step.rest);
  }
  return node.place;
}

std::string pointer_path(std::string_view pointer) {
  std::string out;
  while (pointer.starts_with('/')) {
    const Step step = first_step(pointer);
    out += step.index ? fmt::format("[{}]", *step.index + 1) : fmt::format(".{}", step.token);
    pointer = step.rest;
  }
  return out;
}

}  // namespace rollout
