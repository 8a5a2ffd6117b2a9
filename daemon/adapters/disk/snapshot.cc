// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/snapshot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>

#include "daemon/adapters/disk/assets.h"
#include "daemon/adapters/disk/build_settings.h"
#include "daemon/adapters/disk/facts.h"
#include "daemon/adapters/disk/module_kind.h"
#include "daemon/adapters/disk/module_survey.h"
#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/read_file.h"
#include "daemon/codec/sha256.h"

namespace rollout {
namespace {

/// What a build is read by.
struct Reading {
  std::optional<ProjectFile> project;
  std::optional<AssetsPlace> assets;
  ModuleSelection selection;

  /// No Worker of its own: every request is answered by an asset.
  bool assets_only(const WorkerConfig& worker, const std::optional<Marker>& marker) const {
    return assets && project && !project->project.main && !worker.build->main &&
           !(marker && marker->main);
  }
  bool is_asset(std::string_view path) const { return assets && assets->holds(path); }
};

/// Where the assets are the whole build, nothing is left that could be a Worker.
Readable<void> check_roles(const BuildDirectory& build, const Reading& reading,
                           const WorkerConfig& worker, const std::optional<Marker>& marker) {
  if (!reading.assets) return {};
  const bool only = reading.assets_only(worker, marker);
  if (!only && reading.assets->folder == "") {
    return rejected("AssetsHoldModules",
                    fmt::format("{} is the directory of the static assets and holds the Worker's "
                                "modules, which would be served to everybody; put one of the two "
                                "elsewhere",
                                shown(build.path)));
  }
  if (!only) return {};
  const VersionSettings& settings = reading.project->project.settings;
  const bool bound =
      std::ranges::find(settings.bindings, "assets", &Binding::type) != settings.bindings.end();
  const bool first = settings.assets && settings.assets->run_worker_first;
  if (!bound && !first) return {};
  return rejected(
      "AssetsOnly",
      fmt::format("{} has no `main`, so that there is no Worker for `assets.{}`",
                  shown(reading.project->where), first ? "run_worker_first" : "binding"));
}

Readable<Reading> prepare(const BuildDirectory& build, const WorkerConfig& worker,
                          const std::optional<Marker>& marker) {
  TRY_ASSIGN(auto project, find_project(build, *worker.build));
  TRY_ASSIGN(auto assets, place_of_assets(build.path, project, *worker.build));
  ModuleSelection selection(project, assets ? assets->folder : std::nullopt);
  Reading reading{std::move(project), std::move(assets), std::move(selection)};
  TRY(check_count(build, reading.assets));
  TRY(check_roles(build, reading, worker, marker));
  return reading;
}

bool keep_reading(std::span<const std::byte> /*bytes*/) {
  return true;
}

/// A configuration beside the build that is younger than the marker is not the one it was built
/// with: its settings wait for the next build.
Readable<void> check_age(const BuildDirectory& build, const std::optional<ProjectFile>& project) {
  const TreeEntry* marker = build.tree.file(kMarkerName);
  if (!project || project->folder || marker == nullptr ||
      project->stat.mtime_ns <= marker->stat.mtime_ns) {
    return {};
  }
  return rejected(
      "ConfigNewer",
      fmt::format("{} was changed after the build in {} was marked; build it again, and "
                  "let `rolloutctl mark` say when it is finished",
                  shown(project->where), shown(build.path)));
}

std::unexpected<Obstacle> mismatch(const BuildDirectory& build, const std::string& path,
                                   const std::string& what) {
  return rejected("MarkerMismatch",
                  fmt::format("{} in {} {}; the build was changed after it was marked. Finish it "
                              "and run `rolloutctl mark` again",
                              shown(path), shown(build.path), what));
}

Instant to_instant(std::int64_t nanoseconds) {
  return Instant(std::chrono::floor<Millis>(std::chrono::nanoseconds(nanoseconds)));
}

/// Adds what the assets bring; the API takes their rules as modules of their names.
Readable<std::shared_ptr<const AssetSet>> add_assets(const BuildDirectory& build,
                                                     const Reading& reading,
                                                     const WorkerConfig& worker,
                                                     const std::optional<Marker>& marker,
                                                     std::vector<Module>& modules) {
  if (!reading.assets) return nullptr;
  TRY_ASSIGN(auto found, read_assets(build, *reading.assets, marker, worker.build->most_assets));
  std::erase_if(modules, [](const Module& module) { return holds_rules(module.name); });
  std::ranges::move(found.rules, std::back_inserter(modules));
  std::ranges::sort(modules, {}, &Module::name);
  return std::move(found.set);
}

/// What both ways of reading have in common at their end.
Readable<Build> assemble(const BuildDirectory& directory, const WorkerConfig& worker,
                         const Reading& reading, std::vector<Module> modules,
                         std::optional<std::string> main, const std::optional<Marker>& marker) {
  const TreeEntry* published = marker ? directory.tree.file(kMarkerName) : nullptr;
  TRY_ASSIGN(Facts facts, gather_facts(directory, marker));
  TRY_ASSIGN(BuildSettings own, settings_of(reading.project, worker));
  TRY_ASSIGN(auto assets, add_assets(directory, reading, worker, marker, modules));
  const JsonText settings = settings_of_digest(own, assets.get());
  Build build{.digest = {sha256(digest_preimage(modules, main, settings))},
              .name = std::filesystem::path(directory.path).filename(),
              .root = directory.path,
              .main_module = std::move(main),
              .modules = std::move(modules),
              .module_folder = reading.selection.folder(),
              .assets = std::move(assets),
              .settings = std::move(own.settings),
              .heritage = std::move(own.heritage),
              .sources = std::move(own.sources),
              .ignored = std::move(own.ignored),
              .finished_at = published != nullptr ? to_instant(published->stat.mtime_ns)
                                                  : directory.youngest(),
              .confidence = marker ? Confidence::confirmed : Confidence::unconfirmed,
              .facts = std::move(facts)};
  for (const Module& module : build.modules) build.bytes += module.size;
  build.left_out =
      left_out_of(directory, reading.selection, build.modules, marker ? &*marker : nullptr);
  return build;
}

Readable<Marker> load_marker(const BuildDirectory& build) {
  const TreeEntry* entry = build.tree.file(kMarkerName);
  if (entry == nullptr) return moving();
  TRY_ASSIGN(const auto text, read_text(build.fd, build.path, *entry, kMaxMarkerBytes));
  auto marker = parse_marker(text);
  if (marker) return std::move(*marker);
  return rejected("MarkerInvalid",
                  fmt::format("the marker {} in {} makes no sense: {}. Let `rolloutctl mark` write "
                              "it",
                              shown(kMarkerName), shown(build.path), marker.error()));
}

/// The listed files that are modules; all listed files are there in their listed sizes.
Readable<std::vector<PlannedModule>> plan_marked(const BuildDirectory& build,
                                                 const WorkerConfig& worker, const Marker& marker,
                                                 const Reading& reading) {
  const bool assets_only = reading.assets_only(worker, marker);
  std::vector<PlannedModule> planned;
  for (const MarkedFile& file : marker.files) {
    const TreeEntry* entry = build.tree.file(file.path);
    if (entry == nullptr) return mismatch(build, file.path, "is listed in the marker and missing");
    if (entry->stat.size != file.size) {
      return mismatch(
          build, file.path,
          fmt::format("has {} bytes, and the marker says {}", entry->stat.size, file.size));
    }
    auto module = assets_only ? std::nullopt : reading.selection.of(file.path);
    if (module)
      planned.push_back({entry, std::move(module->name), std::move(module->content_type)});
  }
  if (!assets_only) TRY(check_size(build, planned));
  return planned;
}

/// The marker names a file of the build, the configuration a module.
Readable<std::optional<std::string>> marked_main(const BuildDirectory& build,
                                                 const WorkerConfig& worker, const Marker& marker,
                                                 const std::string& folder,
                                                 const std::vector<Module>& modules) {
  std::vector<std::string> code;
  for (const Module& module : modules) {
    if (is_code(module.content_type)) code.push_back(module.name);
  }
  if (const auto& configured = worker.build->main) {
    if (build.tree.file(folder + *configured) != nullptr &&
        marker.file(folder + *configured) == nullptr) {
      return rejected("NoMainModule",
                      fmt::format("`build.main` names {}, which is in {}, and the marker does not "
                                  "list it; run `rolloutctl mark --main {}`",
                                  shown(*configured), shown(build.path), *configured));
    }
    TRY_ASSIGN(auto name, named_main(build.path, code, *configured, "`build.main`"));
    return name;
  }
  if (!marker.main) return std::nullopt;
  const std::string_view file = *marker.main;
  const std::string said(file.substr(file.starts_with(folder) ? folder.size() : 0));
  TRY_ASSIGN(auto name, named_main(build.path, code, said, "the marker"));
  return name;
}

}  // namespace

bool has_marker(const Fd& directory) {
  struct stat found{};
  return ::fstatat(directory.get(), std::string(kMarkerName).c_str(), &found,
                   AT_SYMLINK_NOFOLLOW) == 0;
}

Readable<Build> read_marked(const BuildDirectory& build, const WorkerConfig& worker) {
  TRY_ASSIGN(const Marker marker, load_marker(build));
  TRY_ASSIGN(const Reading reading, prepare(build, worker, marker));
  TRY(check_age(build, reading.project));
  TRY_ASSIGN(const auto planned, plan_marked(build, worker, marker, reading));
  for (const MarkedFile& file : marker.files) {
    // Never sent: its size is enough. An asset is checked when it is read.
    if (is_source_map(file.path) || reading.is_asset(file.path)) continue;
    TRY_ASSIGN(const auto hash,
               hash_file(build.fd, build.path, *build.tree.file(file.path), keep_reading));
    if (hash != file.sha256) {
      return mismatch(build, file.path, "is not the file whose hash the marker holds");
    }
  }
  std::vector<Module> modules;
  for (const PlannedModule& module : planned) {
    modules.push_back({module.name, module.type, module.entry->stat.size,
                       marker.file(module.entry->path)->sha256});
  }
  std::optional<std::string> main;
  if (!reading.assets_only(worker, marker)) {
    TRY_ASSIGN(main, marked_main(build, worker, marker, reading.selection.folder(), modules));
  }
  return assemble(build, worker, reading, std::move(modules), std::move(main), marker);
}

Readable<Build> read_quiet(const BuildDirectory& build, const WorkerConfig& worker) {
  TRY_ASSIGN(const Reading reading, prepare(build, worker, std::nullopt));
  if (reading.assets_only(worker, std::nullopt)) {
    return assemble(build, worker, reading, {}, std::nullopt, std::nullopt);
  }
  TRY_ASSIGN(auto found, survey_modules(build, reading.project, reading.selection,
                                        {worker.build->main, "`build.main`"}));
  return assemble(build, worker, reading, std::move(found.modules), std::move(found.main),
                  std::nullopt);
}

}  // namespace rollout
