// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/wrangler/toml.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include <toml++/toml.h>

namespace rollout {
namespace {

template <class Value>
std::string printed(const Value& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

/// The library takes a level of the stack for each part of a dotted key.
constexpr std::ptrdiff_t kMostDots = 1000;

/// Whether no line has more than `kMostDots` dots outside of quotes.
bool keys_are_short(std::string_view text) {
  std::ptrdiff_t dots = 0;
  char quote = 0;
  for (const char c : text) {
    if (c == '\n') {
      dots = 0;
      quote = 0;
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '.' && ++dots > kMostDots) {
      return false;
    }
  }
  return true;
}

class Conversion final {
 public:
  explicit Conversion(Lines& lines) : lines_(lines) {}

  Json of(const toml::node& node, const std::string& pointer, int depth) {
    if (depth > kJsonDepth) {
      too_deep_ = true;
      return nullptr;
    }
    if (const auto* table = node.as_table()) return of_table(*table, pointer, depth);
    if (const auto* array = node.as_array()) return of_array(*array, pointer, depth);
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return number->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* flag = node.as_boolean()) return flag->get();
    if (const auto* date = node.as_date()) return printed(date->get());
    if (const auto* time = node.as_time()) return printed(time->get());
    return printed(node.as_date_time()->get());
  }

  bool too_deep() const { return too_deep_; }

 private:
  Json of_table(const toml::table& table, const std::string& pointer, int depth) {
    Json out = Json::object();
    for (const auto& [key, value] : table) {
      const std::string child = child_of(pointer, key.str());
      lines_.emplace(child, static_cast<int>(key.source().begin.line));
      out[std::string(key.str())] = of(value, child, depth + 1);
    }
    return out;
  }

  Json of_array(const toml::array& array, const std::string& pointer, int depth) {
    Json out = Json::array();
    for (const toml::node& value : array) {
      const std::string child = fmt::format("{}/{}", pointer, out.size());
      lines_.emplace(child, static_cast<int>(value.source().begin.line));
      out.push_back(of(value, child, depth + 1));
    }
    return out;
  }

  Lines& lines_;
  bool too_deep_ = false;
};

}  // namespace

std::expected<Json, DocumentProblem> parse_toml(std::string_view text, Lines& lines) {
  if (!keys_are_short(text)) return std::unexpected(DocumentProblem{1, "a key has too many parts"});
  try {
    Conversion conversion(lines);
    Json out = conversion.of(toml::parse(text), "", 0);
    if (!conversion.too_deep()) return out;
    return std::unexpected(
        DocumentProblem{1, fmt::format("nested deeper than {} levels", kJsonDepth)});
  } catch (const toml::parse_error& error) {
    return std::unexpected(DocumentProblem{static_cast<int>(error.source().begin.line),
                                           fmt::format("no valid TOML: {}", error.description())});
  }
}

}  // namespace rollout
