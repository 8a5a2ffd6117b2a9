// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/build_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/disk/names.h"
#include "daemon/codec/settings_json.h"
#include "daemon/codec/sha256.h"

namespace rollout {
namespace {

constexpr std::size_t kIdDigits = 32;

/// A Worker may be configured by its id, which no project knows. Without one any project will do:
/// then only the build is looked at.
bool is_id(const std::string& worker) {
  return worker.size() == kIdDigits &&
         worker.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Readable<void> check_project(const ProjectFile& file, const WorkerConfig& worker) {
  const Project& project = file.project;
  const std::string& id = worker.id.text();
  if (project.name && *project.name != id && !id.empty() && !is_id(id)) {
    return rejected("WrongWorker",
                    fmt::format("{} is the configuration of the Worker {}, and the build is "
                                "watched for {}; choose its environment with `build.environment`, "
                                "or another file with `build.config`",
                                shown(file.where), shown(*project.name), id));
  }
  return {};
}

constexpr const char* kByRolloutd = "`workers.version`";

}  // namespace

Readable<BuildSettings> settings_of(const std::optional<ProjectFile>& file,
                                    const WorkerConfig& worker) {
  BuildSettings out{worker.version, {}, {}, {}};
  if (file) {
    TRY(check_project(*file, worker));
    const Project& project = file->project;
    out.settings = merged(project.settings, worker.version);
    out.heritage = {project.migrations, project.required_secrets,
                    project.keep_vars ? Variables::kept : Variables::replaced};
    out.ignored = project.ignored;
    for (const auto& [setting, line] : project.lines) {
      out.sources[setting] = fmt::format("{}:{}", file->where, line);
    }
  }
  const Json ours = settings_to_json(worker.version);
  for (const auto& [setting, value] : ours.items()) {
    if (setting != "bindings") out.sources[setting] = kByRolloutd;
  }
  for (const Binding& binding : worker.version.bindings) {
    out.sources["bindings/" + binding.name] = kByRolloutd;
  }
  return out;
}

JsonText settings_of_digest(const BuildSettings& settings, const AssetSet* assets) {
  Json out = settings_to_json(settings.settings);
  if (assets != nullptr) out["assets_manifest"] = sha256(assets->digest_preimage()).hex();
  const Heritage& heritage = settings.heritage;
  for (const MigrationStep& step : heritage.migrations) {
    out["migration_steps"].push_back({{"tag", step.tag}, {"change", from_json_text(step.change)}});
  }
  if (!heritage.required_secrets.empty()) out["required_secrets"] = heritage.required_secrets;
  if (heritage.variables == Variables::kept) out["keep_vars"] = true;
  return to_json_text(out);
}

}  // namespace rollout
