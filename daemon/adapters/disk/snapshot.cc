// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/snapshot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "daemon/adapters/disk/build_settings.h"
#include "daemon/adapters/disk/facts.h"
#include "daemon/adapters/disk/module_kind.h"
#include "daemon/adapters/disk/module_survey.h"
#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/read_file.h"
#include "daemon/codec/sha256.h"

namespace rollout {
namespace {

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

/// What both ways of reading have in common at their end.
Readable<Build> assemble(const BuildDirectory& directory, const WorkerConfig& worker,
                         const std::optional<ProjectFile>& project, std::vector<Module> modules,
                         std::optional<std::string> main, const std::optional<Marker>& marker) {
  const TreeEntry* published = marker ? directory.tree.file(kMarkerName) : nullptr;
  TRY_ASSIGN(Facts facts, gather_facts(directory, marker));
  TRY_ASSIGN(BuildSettings own, settings_of(project, worker));
  Build build{.digest = {sha256(digest_preimage(modules, main, settings_of_digest(own)))},
              .name = std::filesystem::path(directory.path).filename(),
              .root = directory.path,
              .main_module = std::move(main),
              .modules = std::move(modules),
              .module_folder = ModuleSelection(project).folder(),
              .settings = std::move(own.settings),
              .heritage = std::move(own.heritage),
              .sources = std::move(own.sources),
              .ignored = std::move(own.ignored),
              .finished_at = published != nullptr ? to_instant(published->stat.mtime_ns)
                                                  : directory.tree.youngest(),
              .confidence = marker ? Confidence::confirmed : Confidence::unconfirmed,
              .facts = std::move(facts)};
  for (const Module& module : build.modules) build.bytes += module.size;
  build.left_out =
      left_out_of(directory, ModuleSelection(project), build.modules, marker ? &*marker : nullptr);
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
Readable<std::vector<PlannedModule>> plan_marked(const BuildDirectory& build, const Marker& marker,
                                                 const ModuleSelection& selection) {
  std::vector<PlannedModule> planned;
  for (const MarkedFile& file : marker.files) {
    const TreeEntry* entry = build.tree.file(file.path);
    if (entry == nullptr) return mismatch(build, file.path, "is listed in the marker and missing");
    if (entry->stat.size != file.size) {
      return mismatch(
          build, file.path,
          fmt::format("has {} bytes, and the marker says {}", entry->stat.size, file.size));
    }
    if (auto module = selection.of(file.path))
      planned.push_back({entry, std::move(module->name), std::move(module->content_type)});
  }
  TRY(check_size(build, planned));
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
  TRY_ASSIGN(const auto project, find_project(build, *worker.build));
  TRY(check_age(build, project));
  const ModuleSelection selection(project);
  TRY_ASSIGN(const auto planned, plan_marked(build, marker, selection));
  for (const MarkedFile& file : marker.files) {
    if (is_source_map(file.path)) continue;  // Never sent: its size is enough.
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
  TRY_ASSIGN(auto main, marked_main(build, worker, marker, selection.folder(), modules));
  return assemble(build, worker, project, std::move(modules), std::move(main), marker);
}

Readable<Build> read_quiet(const BuildDirectory& build, const WorkerConfig& worker) {
  TRY_ASSIGN(const auto project, find_project(build, *worker.build));
  TRY_ASSIGN(auto found, survey_modules(build, project, {worker.build->main, "`build.main`"}));
  return assemble(build, worker, project, std::move(found.modules), std::move(found.main),
                  std::nullopt);
}

}  // namespace rollout
