// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/json.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

/// Builds a tree from SAX events, so that depth and duplicate keys are seen while parsing.
class GuardedBuilder final : public Json::json_sax_t {
 public:
  explicit GuardedBuilder(int max_depth) : max_depth_(max_depth) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return put(value); }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return fail("binary data is no JSON"); }
  bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*size*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (open_.back()->contains(name)) return fail("the same key stands twice in one object");
    key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    if (error_.empty()) offset_ = position;
    return fail(fmt::format("no valid JSON at byte {}", position));
  }

  std::expected<Json, JsonProblem> finish(bool parsed) {
    if (!error_.empty()) return std::unexpected(JsonProblem{error_, offset_});
    if (!parsed) return std::unexpected(JsonProblem{"no valid JSON", std::nullopt});
    return std::move(root_);
  }

 private:
  bool fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    return false;
  }
  Json* place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_array()) return &parent.emplace_back(std::move(value));
    return &(parent[key_] = std::move(value));
  }
  bool put(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() >= static_cast<std::size_t>(max_depth_)) {
      return fail(fmt::format("nested deeper than {} levels", max_depth_));
    }
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  int max_depth_;
  Json root_;
  std::vector<Json*> open_;  // A parent's elements do not move while a child is open.
  std::string key_;
  std::string error_;
  std::optional<std::size_t> offset_;
};

std::expected<Json, JsonProblem> parse(std::string_view text, int max_depth, bool comments) {
  GuardedBuilder builder(max_depth);
  const bool parsed =
      Json::sax_parse(text, &builder, nlohmann::detail::input_format_t::json, true, comments);
  return builder.finish(parsed);
}

/// Blanks out commas that stand before a closing bracket, outside strings and comments, so that
/// byte offsets stay as they are.
std::string without_trailing_commas(std::string_view text) {
  std::string out(text);
  std::size_t comma = std::string::npos;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char c = out[i];
    if (c == '"') {
      for (++i; i < out.size() && out[i] != '"'; ++i) {
        if (out[i] == '\\') ++i;
      }
      comma = std::string::npos;
    } else if (c == '/' && i + 1 < out.size() && out[i + 1] == '/') {
      while (i < out.size() && out[i] != '\n') ++i;
    } else if (c == '/' && i + 1 < out.size() && out[i + 1] == '*') {
      const auto end = out.find("*/", i + 2);
      i = end == std::string::npos ? out.size() : end + 1;
    } else if (c == ',') {
      comma = i;
    } else if ((c == '}' || c == ']') && comma != std::string::npos) {
      out[comma] = ' ';
      comma = std::string::npos;
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      comma = std::string::npos;
    }
  }
  return out;
}

std::unexpected<std::string> wrong_type(std::string_view name, std::string_view wanted) {
  return std::unexpected(fmt::format("`{}` is not {}", name, wanted));
}

}  // namespace

std::expected<Json, std::string> parse_json(std::string_view text, int max_depth) {
  auto parsed = parse(text, max_depth, /*comments=*/false);
  if (!parsed) return std::unexpected(std::move(parsed).error().message);
  return std::move(*parsed);
}

std::expected<Json, JsonProblem> parse_jsonc(std::string_view text, int max_depth) {
  return parse(without_trailing_commas(text), max_depth, /*comments=*/true);
}

std::string dump_json(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string dump_json_pretty(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

JsonText to_json_text(const Json& value) {
  return {dump_json(value)};
}

Json from_json_text(const JsonText& text) {
  auto parsed = parse_json(text.text);
  ENSURE(parsed.has_value(), "a JsonText must hold valid JSON");
  return std::move(*parsed);
}

const Json* find_member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

Member<std::string> string_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr || member->is_null()) return std::nullopt;
  if (!member->is_string()) return wrong_type(name, "a string");
  return member->get<std::string>();
}

Member<std::int64_t> integer_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr || member->is_null()) return std::nullopt;
  if (!member->is_number_integer()) return wrong_type(name, "an integer");
  if (member->is_number_unsigned() &&
      member->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
    return wrong_type(name, "an integer of 64 bits");
  }
  return member->get<std::int64_t>();
}

Member<double> number_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr || member->is_null()) return std::nullopt;
  if (!member->is_number()) return wrong_type(name, "a number");
  return member->get<double>();
}

Member<bool> bool_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr || member->is_null()) return std::nullopt;
  if (!member->is_boolean()) return wrong_type(name, "true or false");
  return member->get<bool>();
}

}  // namespace rollout
