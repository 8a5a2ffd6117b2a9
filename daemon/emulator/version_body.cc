// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/version_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/codec/base64.h"
#include "daemon/codec/bindings.h"
#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

constexpr std::size_t kMessageBytes = 1000;
constexpr std::size_t kTagBytes = 100;
constexpr std::size_t kCodeBytes = std::size_t{64} << 20;

using Type = Json::value_t;

struct FieldRow {
  const char* name;
  Type type;
  const char* wanted;
};

// Every field that a request may set, apart from those that need more than a type.
constexpr FieldRow kFields[] = {
    {"cache_options", Type::object, "an object"},
    {"compatibility_date", Type::string, "a string"},
    {"compatibility_flags", Type::array, "a list"},
    {"containers", Type::array, "a list"},
    {"exports", Type::object, "an object"},
    {"limits", Type::object, "an object"},
    {"main_module", Type::string, "a string"},
    {"package_dependencies", Type::array, "a list"},
    {"placement", Type::object, "an object"},
    {"usage_model", Type::string, "a string"},
};

/// The member unless it is absent or null.
const Json* given(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  return member == nullptr || member->is_null() ? nullptr : member;
}

std::unexpected<ApiError> invalid(std::string message, std::string pointer) {
  return refuse(ApiCode::validation, std::move(message), std::move(pointer));
}

ApiResult<Json> read_fields(const Json& body) {
  Json fields = Json::object();
  for (const FieldRow& row : kFields) {
    const Json* value = given(body, row.name);
    if (value == nullptr) continue;
    if (value->type() != row.type) {
      return invalid(fmt::format("{} must be {}.", row.name, row.wanted),
                     fmt::format("/{}", row.name));
    }
    fields[row.name] = *value;
  }
  if (!fields.contains("compatibility_flags")) fields["compatibility_flags"] = Json::array();
  if (!fields.contains("usage_model")) fields["usage_model"] = "standard";
  return fields;
}

ApiResult<void> check_values(const Json& body, const Json& fields) {
  const Json& flags = fields["compatibility_flags"];
  if (!std::ranges::all_of(flags, [](const Json& flag) { return flag.is_string(); })) {
    return invalid("compatibility_flags must be a list of strings.", "/compatibility_flags");
  }
  if (const Json* date = given(fields, "compatibility_date");
      date && !parse_rfc3339(date->get<std::string>() + "T00:00:00Z")) {
    return invalid("compatibility_date must be a date, YYYY-MM-DD.", "/compatibility_date");
  }
  const auto usage = fields["usage_model"].get<std::string>();
  if (usage != "standard" && usage != "bundled" && usage != "unbound") {
    return invalid("usage_model must be standard, bundled or unbound.", "/usage_model");
  }
  if (given(body, "exports") && given(body, "migrations")) {
    return invalid("exports and migrations exclude each other.", "/migrations");
  }
  if (const Json* migrations = given(body, "migrations"); migrations && !migrations->is_object()) {
    return invalid("migrations must be an object.", "/migrations");
  }
  return {};
}

ApiResult<Json> read_assets(const Json& assets) {
  const Json* config = given(assets, "config");
  if (!assets.is_object() || (config && !config->is_object())) {
    return invalid("assets must be an object with an object `config`.", "/assets");
  }
  return config ? Json{{"config", *config}} : Json::object();
}

ApiResult<Json> read_annotations(const Json& annotations, const CloudRules& rules) {
  if (!annotations.is_object()) return invalid("annotations must be an object.", "/annotations");
  Json out = Json::object();
  for (const auto& [key, value] : annotations.items()) {
    const bool known = key == "workers/message" || key == "workers/tag";
    if (key == "workers/triggered_by") continue;  // The server's own.
    if (!known && rules.unknown_annotations == UnknownAnnotations::drop) continue;
    if (value.is_null()) continue;
    if (!value.is_string()) {
      return invalid(fmt::format("The annotation {} must be a string.", key), "/annotations");
    }
    const auto text = value.get<std::string>();
    if (key == "workers/tag" && text.size() > kTagBytes) {
      return invalid("workers/tag is longer than 100 bytes.", "/annotations/workers~1tag");
    }
    out[key] = key == "workers/message" ? cut_utf8(text, kMessageBytes) : text;
  }
  return out;
}

ApiResult<Document> read_modules(const Json& modules) {
  if (!modules.is_array()) return invalid("modules must be a list.", "/modules");
  std::size_t bytes = 0;
  std::set<std::string> names;
  Json out = Json::array();
  for (const Json& module : modules) {
    const std::string pointer = fmt::format("/modules/{}", out.size());
    Json kept = Json::object();
    for (const char* field : {"name", "content_type", "content_base64"}) {
      const Json* value = given(module, field);
      if (value == nullptr || !value->is_string()) {
        return invalid(fmt::format("A module needs a string {}.", field), pointer + "/" + field);
      }
      kept[field] = *value;
    }
    const auto name = kept["name"].get<std::string>();
    if (name.empty() || !names.insert(name).second) {
      return invalid(fmt::format("The module name `{}` is empty or stands twice.", name),
                     pointer + "/name");
    }
    const auto content = decode_base64(kept["content_base64"].get_ref<const std::string&>());
    if (!content) return invalid("content_base64 is no base64.", pointer + "/content_base64");
    bytes += content->size();
    out.push_back(std::move(kept));
  }
  if (bytes > kCodeBytes) return refuse(ApiCode::too_large, "The Worker is larger than 64 MiB.");
  return std::make_shared<const Json>(std::move(out));
}

ApiResult<void> check_main_module(const Json& fields, const Json& modules) {
  const Json* main = given(fields, "main_module");
  if (main == nullptr) return {};
  const bool found =
      std::ranges::any_of(modules, [main](const Json& module) { return module["name"] == *main; });
  if (found) return {};
  return invalid(fmt::format("main_module `{}` is none of the modules.", main->get<std::string>()),
                 "/main_module");
}

}  // namespace

std::string cut_utf8(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return std::string(text.substr(0, bytes));
}

ApiResult<VersionParts> read_version_body(const Json& body, const CloudRules& rules,
                                          const Document& modules) {
  if (!body.is_object()) return refuse(ApiCode::bad_body, "The body must be a JSON object.");
  TRY_ASSIGN(Json fields, read_fields(body));
  TRY(check_values(body, fields));
  if (const Json* assets = given(body, "assets")) {
    TRY_ASSIGN(fields["assets"], read_assets(*assets));
  }
  const Json* annotations = given(body, "annotations");
  TRY_ASSIGN(fields["annotations"],
             read_annotations(annotations ? *annotations : Json::object(), rules));
  VersionParts parts;
  parts.modules = modules;
  if (const Json* own = given(body, "modules")) {
    TRY_ASSIGN(parts.modules, read_modules(*own));
  }
  TRY(check_main_module(fields, *parts.modules));
  if (const Json* migrations = given(body, "migrations")) {
    parts.migrations = std::make_shared<const Json>(*migrations);
  }
  parts.fields = std::make_shared<const Json>(std::move(fields));
  return parts;
}

ApiResult<void> check_bindings(const Json& bindings, BindingsFrom from) {
  if (!bindings.is_array()) return invalid("bindings must be a list.", "/bindings");
  std::set<std::string> names;
  std::size_t index = 0;
  for (const Json& binding : bindings) {
    const std::string pointer = fmt::format("/bindings/{}", index++);
    const Json* name = given(binding, "name");
    if (name == nullptr || !name->is_string() || name->get_ref<const std::string&>().empty()) {
      return refuse(ApiCode::binding_without_name, "A binding needs a name.", pointer + "/name");
    }
    const Json* type = given(binding, "type");
    if (type == nullptr || !type->is_string()) {
      return invalid("A binding needs a type.", pointer + "/type");
    }
    if (!names.insert(name->get<std::string>()).second) {
      return invalid(fmt::format("Two bindings are named `{}`.", name->get<std::string>()),
                     pointer + "/name");
    }
    if (from == BindingsFrom::recording) continue;
    if (const auto wrong = check_binding(binding)) {
      return invalid(wrong->message, pointer + wrong->pointer);
    }
  }
  return {};
}

Json shown_bindings(const Json& bindings) {
  std::vector<Json> shown(bindings.begin(), bindings.end());
  for (Json& binding : shown) {
    if (binding["type"] == "secret_text") binding.erase("text");
    if (binding["type"] == "secret_key") {
      binding.erase("key_base64");
      binding.erase("key_jwk");
    }
  }
  std::ranges::sort(shown, {},
                    [](const Json& binding) { return binding["name"].get<std::string>(); });
  return shown;
}

}  // namespace rollout
