// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/settings_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

/// A checked getter's sentence becomes a `FieldError` at `parent` + the member's name.
template <class T>
std::expected<std::optional<T>, FieldError> at(const std::string& parent, std::string_view name,
                                               Member<T> member) {
  if (member) return std::move(*member);
  return std::unexpected(FieldError{fmt::format("{}/{}", parent, name), std::move(member).error()});
}

std::expected<std::vector<std::string>, FieldError> strings(const Json& array,
                                                            const std::string& pointer) {
  std::vector<std::string> out;
  if (!array.is_array()) return std::unexpected(FieldError{pointer, "a list of strings is wanted"});
  for (const Json& item : array) {
    if (!item.is_string()) {
      return std::unexpected(
          FieldError{fmt::format("{}/{}", pointer, out.size()), "a string is wanted"});
    }
    out.push_back(item.get<std::string>());
  }
  return out;
}

std::expected<std::vector<Binding>, FieldError> read_bindings(const Json& array) {
  std::vector<Binding> out;
  if (!array.is_array()) return std::unexpected(FieldError{"/bindings", "a list is wanted"});
  for (std::size_t i = 0; i < array.size(); ++i) {
    const std::string pointer = fmt::format("/bindings/{}", i);
    const Json& item = array[i];
    TRY_ASSIGN(const auto name, at(pointer, "name", string_member(item, "name")));
    TRY_ASSIGN(const auto type, at(pointer, "type", string_member(item, "type")));
    if (!name) return std::unexpected(FieldError{pointer + "/name", "`name` is required"});
    if (!type) return std::unexpected(FieldError{pointer + "/type", "`type` is required"});
    out.push_back({*name, *type, to_json_text(item)});
  }
  std::sort(out.begin(), out.end());
  const auto twin = std::adjacent_find(
      out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name == b.name; });
  if (twin != out.end()) {
    return std::unexpected(
        FieldError{"/bindings", fmt::format("two bindings are named `{}`", twin->name)});
  }
  return out;
}

std::expected<Limits, FieldError> read_limits(const Json& object) {
  if (!object.is_object()) return std::unexpected(FieldError{"/limits", "an object is wanted"});
  Limits limits;
  TRY_ASSIGN(limits.cpu_ms, at("/limits", "cpu_ms", integer_member(object, "cpu_ms")));
  TRY_ASSIGN(limits.subrequests,
             at("/limits", "subrequests", integer_member(object, "subrequests")));
  return limits;
}

std::expected<AssetsConfig, FieldError> read_assets(const Json& config) {
  const std::string pointer = "/assets/config";
  if (!config.is_object()) return std::unexpected(FieldError{pointer, "an object is wanted"});
  AssetsConfig out;
  TRY_ASSIGN(out.base_path, at(pointer, "base_path", string_member(config, "base_path")));
  TRY_ASSIGN(out.html_handling,
             at(pointer, "html_handling", string_member(config, "html_handling")));
  TRY_ASSIGN(out.not_found_handling,
             at(pointer, "not_found_handling", string_member(config, "not_found_handling")));
  if (const Json* first = find_member(config, "run_worker_first"); first && !first->is_null()) {
    if (first->is_boolean()) {
      out.run_worker_first = RunWorkerFirst(first->get<bool>());
    } else {
      TRY_ASSIGN(auto rules, strings(*first, pointer + "/run_worker_first"));
      out.run_worker_first = RunWorkerFirst(std::move(rules));
    }
  }
  return out;
}

Json assets_to_json(const AssetsConfig& assets) {
  Json config = Json::object();
  if (assets.base_path) config["base_path"] = *assets.base_path;
  if (assets.html_handling) config["html_handling"] = *assets.html_handling;
  if (assets.not_found_handling) config["not_found_handling"] = *assets.not_found_handling;
  if (assets.run_worker_first) {
    std::visit([&](const auto& value) { config["run_worker_first"] = value; },
               *assets.run_worker_first);
  }
  return Json{{"config", std::move(config)}};
}

/// The fields that pass through as they are.
struct PassThrough {
  const char* name;
  std::optional<JsonText> VersionSettings::* field;
};
constexpr PassThrough kPassThrough[] = {
    {"placement", &VersionSettings::placement},
    {"migrations", &VersionSettings::migrations},
    {"exports", &VersionSettings::exports},
    {"containers", &VersionSettings::containers},
    {"cache_options", &VersionSettings::cache_options},
    {"package_dependencies", &VersionSettings::package_dependencies},
};

}  // namespace

Json settings_to_json(const VersionSettings& settings) {
  Json out = Json::object();
  if (settings.compatibility_date) out["compatibility_date"] = *settings.compatibility_date;
  if (!settings.compatibility_flags.empty()) {
    out["compatibility_flags"] = settings.compatibility_flags;
  }
  if (settings.limits) {
    Json limits = Json::object();
    if (settings.limits->cpu_ms) limits["cpu_ms"] = *settings.limits->cpu_ms;
    if (settings.limits->subrequests) limits["subrequests"] = *settings.limits->subrequests;
    out["limits"] = std::move(limits);
  }
  for (const Binding& binding : settings.bindings) {
    out["bindings"].push_back(from_json_text(binding.json));
  }
  if (settings.assets) out["assets"] = assets_to_json(*settings.assets);
  if (settings.usage_model) out["usage_model"] = *settings.usage_model;
  for (const PassThrough& entry : kPassThrough) {
    if (const auto& value = settings.*entry.field) out[entry.name] = from_json_text(*value);
  }
  return out;
}

std::expected<VersionSettings, FieldError> settings_from_json(const Json& object) {
  VersionSettings out;
  TRY_ASSIGN(out.compatibility_date,
             at("", "compatibility_date", string_member(object, "compatibility_date")));
  TRY_ASSIGN(out.usage_model, at("", "usage_model", string_member(object, "usage_model")));
  const auto present = [&object](const char* name) -> const Json* {
    const Json* member = find_member(object, name);
    return member == nullptr || member->is_null() ? nullptr : member;
  };
  if (const Json* flags = present("compatibility_flags")) {
    TRY_ASSIGN(out.compatibility_flags, strings(*flags, "/compatibility_flags"));
  }
  if (const Json* limits = present("limits")) {
    TRY_ASSIGN(out.limits, read_limits(*limits));
  }
  if (const Json* bindings = present("bindings")) {
    TRY_ASSIGN(out.bindings, read_bindings(*bindings));
  }
  if (const Json* assets = present("assets")) {
    if (const Json* config = find_member(*assets, "config"); config && !config->is_null()) {
      TRY_ASSIGN(out.assets, read_assets(*config));
    }
  }
  for (const PassThrough& entry : kPassThrough) {
    if (const Json* member = present(entry.name)) out.*entry.field = to_json_text(*member);
  }
  return out;
}

}  // namespace rollout
