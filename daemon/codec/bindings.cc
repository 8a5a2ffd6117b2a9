// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/bindings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace rollout {
namespace {

enum class Shape { text, list, object, anything };

/// A field that must be there; `or_else` is a second name that serves as well.
struct Field {
  std::string_view name{};
  Shape shape = Shape::text;
  std::string_view or_else{};
  std::size_t max_bytes = 0;  ///< 0: no limit is known.
};

struct Kind {
  std::string_view type;
  std::array<Field, 3> fields{};
};

// `secret_text` and `secret_key` come back without their values: what was read is no request.
constexpr Kind kKinds[] = {
    {"ai", {}},
    {"ai_search", {{{"instance_name"}}}},
    {"ai_search_namespace", {{{"namespace"}}}},
    {"analytics_engine", {{{"dataset"}}}},
    {"assets", {}},
    {"browser", {}},
    {"d1", {{{"database_id", Shape::text, "id"}}}},
    {"data_blob", {{{"part"}}}},
    {"dispatch_namespace", {{{"namespace"}}}},
    {"durable_object_namespace", {{{"class_name", Shape::text, "namespace_id"}}}},
    {"flagship", {{{"app_id", Shape::text, "", 128}}}},
    {"hyperdrive", {{{"id"}}}},
    {"images", {}},
    {"inherit", {}},
    {"json", {{{"json", Shape::anything}}}},
    {"kv_namespace", {{{"namespace_id", Shape::text, "", 32}}}},
    {"media", {}},
    {"messaging", {{{"namespace"}}}},
    {"mtls_certificate", {{{"certificate_id"}}}},
    {"pipelines", {{{"pipeline", Shape::text, "stream"}}}},
    {"plain_text", {{{"text"}}}},
    {"queue", {{{"queue_name"}}}},
    {"r2_bucket", {{{"bucket_name"}}}},
    {"ratelimit", {{{"namespace_id"}, {"simple", Shape::object}}}},
    {"secret_key", {{{"format"}, {"algorithm", Shape::anything}, {"usages", Shape::list}}}},
    {"secret_text", {{{"text"}}}},
    {"secrets_store_secret", {{{"store_id"}, {"secret_name"}}}},
    {"send_email", {}},
    {"service", {{{"service"}}}},
    {"text_blob", {{{"part"}}}},
    {"vectorize", {{{"index_name"}}}},
    {"version_metadata", {}},
    {"vpc_network", {{{"network_id", Shape::text, "tunnel_id"}}}},
    {"vpc_service", {{{"service_id"}}}},
    {"wasm_module", {{{"part"}}}},
    {"workflow", {{{"workflow_name"}}}},
};

bool has_shape(const Json& value, Shape shape) {
  switch (shape) {
    case Shape::text:
      return value.is_string();
    case Shape::list:
      return value.is_array();
    case Shape::object:
      return value.is_object();
    case Shape::anything:
      return true;
  }
  return false;
}

std::string_view wanted(Shape shape) {
  switch (shape) {
    case Shape::text:
      return "a string is wanted";
    case Shape::list:
      return "a list is wanted";
    case Shape::object:
      return "an object is wanted";
    case Shape::anything:
      break;
  }
  return "any value is wanted";
}

std::optional<FieldError> error_at(std::string_view field, std::string message) {
  return FieldError{fmt::format("/{}", field), std::move(message)};
}

std::optional<FieldError> check_field(const Json& binding, const Field& field,
                                      std::string_view type) {
  std::string_view name = field.name;
  const Json* value = find_member(binding, name);
  if (value == nullptr && !field.or_else.empty()) {
    name = field.or_else;
    value = find_member(binding, name);
  }
  if (value == nullptr) {
    const std::string second =
        field.or_else.empty() ? std::string() : fmt::format(" (or `{}`)", field.or_else);
    return error_at(field.name,
                    fmt::format("a `{}` binding needs `{}`{}", type, field.name, second));
  }
  if (!has_shape(*value, field.shape)) return error_at(name, std::string(wanted(field.shape)));
  if (field.max_bytes != 0 && value->get_ref<const std::string&>().size() > field.max_bytes) {
    return error_at(name, fmt::format("at most {} bytes are allowed", field.max_bytes));
  }
  return std::nullopt;
}

/// What a table of required fields cannot say.
std::optional<FieldError> check_special(const Json& binding, std::string_view type) {
  if (type == "ratelimit") {
    for (const std::string_view name : {"limit", "period"}) {
      const Json* value = find_member(binding.at("simple"), name);
      if (value == nullptr || !value->is_number_integer()) {
        return error_at(fmt::format("simple/{}", name), "an integer is wanted");
      }
    }
  }
  if (type == "vpc_network" && find_member(binding, "network_id") != nullptr &&
      find_member(binding, "tunnel_id") != nullptr) {
    return error_at("tunnel_id", "`network_id` and `tunnel_id` exclude each other");
  }
  return std::nullopt;
}

}  // namespace

std::optional<FieldError> check_binding(const Json& binding) {
  if (!binding.is_object()) return FieldError{"", std::string(wanted(Shape::object))};
  for (const std::string_view name : {"name", "type"}) {
    const Json* value = find_member(binding, name);
    if (value == nullptr) return error_at(name, fmt::format("`{}` is required", name));
    if (!value->is_string()) return error_at(name, std::string(wanted(Shape::text)));
    if (value->get_ref<const std::string&>().empty()) {
      return error_at(name, fmt::format("`{}` must not be empty", name));
    }
  }
  const std::string& type = binding.at("type").get_ref<const std::string&>();
  const auto* kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&type](const Kind& entry) { return entry.type == type; });
  if (kind == std::end(kKinds)) return std::nullopt;
  for (const Field& field : kind->fields) {
    if (field.name.empty()) break;
    if (auto error = check_field(binding, field, type)) return error;
  }
  return check_special(binding, type);
}

}  // namespace rollout
