// SPDX-License-Identifier: Apache-2.0
// JSON with the guards that nlohmann/json lacks: a depth limit, duplicate keys as errors, checked
// getters, output that never throws. Only `.cc` files include `json.hpp`; this header is light.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/model/settings.h"

namespace rollout {

using Json = nlohmann::json;

inline constexpr int kJsonDepth = 32;

/// The whole text must be one JSON value. The error is one sentence with the byte offset; it never
/// repeats the input.
std::expected<Json, std::string> parse_json(std::string_view text, int max_depth = kJsonDepth);

struct JsonProblem {
  std::string message;
  std::optional<std::size_t> offset;  ///< In bytes; none where the place is not known.
};

/// JSON as people write it in wrangler.jsonc: comments and trailing commas are allowed.
std::expected<Json, JsonProblem> parse_jsonc(std::string_view text, int max_depth = kJsonDepth);

/// Sorted keys, no white space; invalid UTF-8 becomes U+FFFD.
std::string dump_json(const Json& value);
std::string dump_json_pretty(const Json& value);

JsonText to_json_text(const Json& value);
/// The value of a `JsonText`, which is valid by construction.
Json from_json_text(const JsonText& text);

// Members of an object by their type. None where the member is absent or null; an error (a
// sentence that names the member) where it has another type or is out of range.
template <class T>
using Member = std::expected<std::optional<T>, std::string>;
Member<std::string> string_member(const Json& object, std::string_view name);
Member<std::int64_t> integer_member(const Json& object, std::string_view name);
Member<double> number_member(const Json& object, std::string_view name);
Member<bool> bool_member(const Json& object, std::string_view name);

/// The member, or null where `object` is no object or has no such member.
const Json* find_member(const Json& object, std::string_view name);

}  // namespace rollout
