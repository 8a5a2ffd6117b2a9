// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/wire_version.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "daemon/codec/base64.h"
#include "daemon/codec/bindings.h"
#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

std::unexpected<std::string> missing(std::string_view name) {
  return std::unexpected(fmt::format("`{}` is missing", name));
}

Wire<std::vector<std::string>> read_urls(const Json& object) {
  const Json* urls = find_member(object, "urls");
  if (urls == nullptr) return missing("urls");
  if (!urls->is_array()) return std::unexpected("`urls` is not a list");
  std::vector<std::string> out;
  for (const Json& url : *urls) {
    if (!url.is_string()) return std::unexpected("`urls` holds something that is not a string");
    out.push_back(url.get<std::string>());
  }
  return out;
}

Wire<std::vector<ModuleText>> read_modules(const Json& object) {
  std::vector<ModuleText> out;
  const Json* modules = find_member(object, "modules");
  if (modules == nullptr || modules->is_null()) return out;
  if (!modules->is_array()) return std::unexpected("`modules` is not a list");
  for (const Json& entry : *modules) {
    ModuleText module;
    TRY_ASSIGN(module.name, required_text(entry, "name"));
    TRY_ASSIGN(module.content_type, required_text(entry, "content_type"));
    const Json* encoded = find_member(entry, "content_base64");
    if (encoded == nullptr || !encoded->is_string()) return missing("content_base64");
    auto content = decode_base64(encoded->get_ref<const std::string&>());
    if (!content) {
      return std::unexpected(fmt::format("`content_base64` of `{}` is no base64", module.name));
    }
    module.content = std::move(*content);
    out.push_back(std::move(module));
  }
  return out;
}

Json annotations_to_json(const Annotations& annotations) {
  Json out = Json::object();
  if (!annotations.tag.empty()) out["workers/tag"] = annotations.tag;
  if (!annotations.message.empty()) out["workers/message"] = annotations.message;
  return out;
}

}  // namespace

Wire<std::string> required_text(const Json& object, std::string_view name) {
  TRY_ASSIGN(auto value, string_member(object, name));
  if (!value) return missing(name);
  return std::move(*value);
}

Wire<std::string> optional_text(const Json& object, std::string_view name) {
  TRY_ASSIGN(auto value, string_member(object, name));
  return value.value_or("");
}

std::optional<Instant> created_on(const Json& object) {
  const Json* value = find_member(object, "created_on");
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return parse_rfc3339(value->get_ref<const std::string&>());
}

Annotations annotations_from_json(const Json& object) {
  Annotations out;
  const Json* entries = find_member(object, "annotations");
  if (entries == nullptr) return out;
  const auto text = [entries](std::string_view name) {
    const Json* value = find_member(*entries, name);
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
  };
  out.tag = text("workers/tag");
  out.message = text("workers/message");
  out.triggered_by = text("workers/triggered_by");
  return out;
}

Wire<Version> version_from_json(const Json& object) {
  if (!object.is_object()) return std::unexpected("a version is no JSON object");
  TRY_ASSIGN(const std::string text, required_text(object, "id"));
  const auto id = VersionId::parse(text);
  if (!id) return std::unexpected("`id` is not a UUID");
  Version out{*id, 0, std::nullopt, {}, {}, std::nullopt, {}};
  TRY_ASSIGN(const auto number, integer_member(object, "number"));
  if (!number) return missing("number");
  if (*number < 1) return std::unexpected("`number` is below 1");
  out.number = static_cast<std::uint64_t>(*number);
  out.created_on = created_on(object);
  TRY_ASSIGN(out.urls, read_urls(object));
  TRY_ASSIGN(out.source, optional_text(object, "source"));
  TRY_ASSIGN(const auto startup, integer_member(object, "startup_time_ms"));
  if (startup) out.startup_time = Millis(*startup);
  out.annotations = annotations_from_json(object);
  return out;
}

Wire<VersionDetail> version_detail_from_json(const Json& object) {
  TRY_ASSIGN(Version version, version_from_json(object));
  auto settings = settings_from_json(object);
  if (!settings) {
    return std::unexpected(
        fmt::format("`{}`: {}", settings.error().pointer, settings.error().message));
  }
  VersionDetail out{std::move(version), std::move(*settings), {}, {}, {}, {}, {}};
  TRY_ASSIGN(out.main_module, string_member(object, "main_module"));
  TRY_ASSIGN(out.migration_tag, string_member(object, "migration_tag"));
  TRY_ASSIGN(out.main_script_base64, string_member(object, "main_script_base64"));
  if (const Json* value = find_member(object, "exports_reconciliation");
      value != nullptr && !value->is_null()) {
    out.exports_reconciliation = to_json_text(*value);
  }
  TRY_ASSIGN(out.modules, read_modules(object));
  return out;
}

namespace {

Json migrations_to_json(const PendingMigrations& pending) {
  Json out = {{"new_tag", pending.steps.back().tag}};
  if (pending.old_tag) out["old_tag"] = *pending.old_tag;
  for (const MigrationStep& step : pending.steps) {
    out["steps"].push_back(from_json_text(step.change));
  }
  return out;
}

}  // namespace

Json bundle_to_json(const Bundle& bundle) {
  Json out = settings_to_json(bundle.settings);
  for (const std::string& name : bundle.inherited.bindings) {
    out["bindings"].push_back({{"name", name}, {"type", "inherit"}});
  }
  if (bundle.inherited.migrations)
    out["migrations"] = migrations_to_json(*bundle.inherited.migrations);
  if (bundle.main_module) out["main_module"] = *bundle.main_module;
  if (bundle.assets_jwt) out["assets"]["jwt"] = *bundle.assets_jwt;
  if (Json annotations = annotations_to_json(bundle.annotations); !annotations.empty()) {
    out["annotations"] = std::move(annotations);
  }
  return out;
}

std::expected<void, FieldError> check_bundle(const Bundle& bundle) {
  std::set<std::string_view> names;
  for (const Module& module : bundle.modules) {
    if (!names.insert(module.name).second) {
      return std::unexpected(
          FieldError{"/modules", fmt::format("two modules are named `{}`", module.name)});
    }
  }
  if (bundle.main_module && !names.contains(*bundle.main_module)) {
    return std::unexpected(FieldError{
        "/main_module", fmt::format("`{}` is none of the modules", *bundle.main_module)});
  }
  for (std::size_t i = 0; i < bundle.settings.bindings.size(); ++i) {
    if (auto error = check_binding(from_json_text(bundle.settings.bindings[i].json))) {
      return std::unexpected(
          FieldError{fmt::format("/bindings/{}{}", i, error->pointer), std::move(error->message)});
    }
  }
  if (bundle.settings.migrations && bundle.settings.exports) {
    return std::unexpected(FieldError{"/exports", "`migrations` and `exports` exclude each other"});
  }
  return {};
}

}  // namespace rollout
