// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/report/report_build.h"

#include <nlohmann/json.hpp>

#include "daemon/codec/report/report_version.h"
#include "daemon/codec/settings_json.h"

namespace rollout {
namespace {

Json modules_to_json(const Build& build) {
  Json list = Json::array();
  for (const Module& module : build.modules) {
    list.push_back({{"name", module.name},
                    {"content_type", module.content_type},
                    {"size", module.size},
                    {"sha256", module.sha256.hex()}});
  }
  return list;
}

/// Null where it has none.
Json assets_to_json(const Build& build) {
  if (build.assets == nullptr) return nullptr;
  Json files = Json::array();
  for (const Asset& asset : build.assets->files) {
    files.push_back({{"path", "/" + asset.file.name},
                     {"content_type", asset.file.content_type},
                     {"size", asset.file.size},
                     {"hash", asset.hash}});
  }
  return {{"bytes", build.assets->bytes},
          {"left_out", build.assets->left_out},
          {"files", std::move(files)}};
}

Json setting(const std::string& name, const Json& value, const Build& build) {
  Json entry = {{"setting", name}, {"value", value}};
  const auto source = build.sources.find(name);
  if (source != build.sources.end()) entry["from"] = source->second;
  return entry;
}

Json list_of_settings(const Build& build) {
  Json list = Json::array();
  const Json settings = settings_to_json(build.settings);
  for (const auto& [name, value] : settings.items()) {
    if (name != "bindings") list.push_back(setting(name, value, build));
  }
  for (const Binding& binding : build.settings.bindings) {
    list.push_back(setting("bindings/" + binding.name, from_json_text(binding.json), build));
  }
  return list;
}

Json heritage_to_json(const Heritage& heritage) {
  Json out = {{"required_secrets", heritage.required_secrets},
              {"keep_vars", heritage.variables == Variables::kept},
              {"migrations", Json::array()}};
  for (const MigrationStep& step : heritage.migrations) out["migrations"].push_back(step.tag);
  return out;
}

}  // namespace

Json left_out_to_json(const std::vector<LeftOut>& files) {
  Json list = Json::array();
  for (const LeftOut& file : files) {
    list.push_back({{"file", file.path}, {"because", file.because}});
  }
  return list;
}

Json build_to_json(const Build& build) {
  Json json = report_frame();
  json["root"] = build.root;
  json["digest"] = build.digest.hex();
  json["main_module"] = build.main_module ? Json(*build.main_module) : Json();
  json["modules"] = modules_to_json(build);
  json["assets"] = assets_to_json(build);
  json["bytes"] = build.bytes;
  json["left_out"] = left_out_to_json(build.left_out);
  json["settings"] = list_of_settings(build);
  json["heritage"] = heritage_to_json(build.heritage);
  json["ignored"] = build.ignored;
  return json;
}

}  // namespace rollout
