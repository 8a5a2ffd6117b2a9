// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/snapshot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "daemon/adapters/disk/facts.h"
#include "daemon/adapters/disk/imports.h"
#include "daemon/adapters/disk/module_kind.h"
#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/read_file.h"
#include "daemon/codec/settings_json.h"
#include "daemon/codec/sha256.h"

namespace rollout {
namespace {

bool keep_reading(std::span<const std::byte> /*bytes*/) {
  return true;
}

/// A module that is to be read.
struct Planned {
  const TreeEntry* entry;
  std::string_view type;
};

Readable<void> check_size(const BuildDirectory& build, const std::vector<Planned>& planned) {
  if (planned.empty()) {
    return rejected("EmptyBuild", fmt::format("{} holds no module: there is nothing to upload. "
                                              "Look where the build writes its modules to: that "
                                              "directory is the build's",
                                              shown(build.path)));
  }
  std::uint64_t bytes = 0;
  const TreeEntry* largest = planned.front().entry;
  for (const Planned& module : planned) {
    bytes += module.entry->stat.size;
    if (module.entry->stat.size > largest->stat.size) largest = module.entry;
  }
  if (bytes <= kMaxModuleBytes) return {};
  return rejected("TooLarge", fmt::format("the modules in {} have {} bytes, and a Worker at most "
                                          "{}; the largest is {} with {}",
                                          shown(build.path), bytes, kMaxModuleBytes,
                                          shown(largest->path), largest->stat.size));
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
                         std::vector<Module> modules, std::optional<std::string> main,
                         const std::optional<Marker>& marker) {
  const JsonText settings = to_json_text(settings_to_json(worker.version));
  const TreeEntry* published = marker ? directory.tree.file(kMarkerName) : nullptr;
  TRY_ASSIGN(Facts facts, gather_facts(directory, marker));
  Build build{.digest = {sha256(digest_preimage(modules, main, settings))},
              .name = std::filesystem::path(directory.path).filename(),
              .root = directory.path,
              .main_module = std::move(main),
              .modules = std::move(modules),
              .settings = worker.version,
              .finished_at = published != nullptr ? to_instant(published->stat.mtime_ns)
                                                  : directory.tree.youngest(),
              .confidence = marker ? Confidence::confirmed : Confidence::unconfirmed,
              .facts = std::move(facts)};
  for (const Module& module : build.modules) build.bytes += module.size;
  build.left_out = files_left_out(directory.tree, build.modules.size());
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
Readable<std::vector<Planned>> plan_marked(const BuildDirectory& build, const Marker& marker) {
  std::vector<Planned> planned;
  for (const MarkedFile& file : marker.files) {
    const TreeEntry* entry = build.tree.file(file.path);
    if (entry == nullptr) return mismatch(build, file.path, "is listed in the marker and missing");
    if (entry->stat.size != file.size) {
      return mismatch(
          build, file.path,
          fmt::format("has {} bytes, and the marker says {}", entry->stat.size, file.size));
    }
    if (const auto type = module_type(file.path)) planned.push_back({entry, *type});
  }
  TRY(check_size(build, planned));
  return planned;
}

Readable<std::optional<std::string>> marked_main(const BuildDirectory& build,
                                                 const WorkerConfig& worker, const Marker& marker,
                                                 const std::vector<Module>& modules) {
  const auto& configured = worker.build->main;
  if (!configured && !marker.main) return std::nullopt;
  TRY_ASSIGN(auto name,
             named_main(build.path, modules, configured.value_or(marker.main.value_or("")),
                        configured ? "`build.main`" : "the marker"));
  return name;
}

Readable<void> check_imports(const BuildDirectory& build, const std::string& module,
                             const std::string& code) {
  for (const std::string& name : relative_imports(module, code)) {
    if (build.tree.file(name) != nullptr) continue;
    return rejected("IncompleteBuild",
                    fmt::format("{} in {} imports {}, which is not there; the build failed, or is "
                                "not finished",
                                shown(module), shown(build.path), shown(name)));
  }
  return {};
}

}  // namespace

bool has_marker(const Fd& directory) {
  struct stat found{};
  return ::fstatat(directory.get(), std::string(kMarkerName).c_str(), &found,
                   AT_SYMLINK_NOFOLLOW) == 0;
}

Readable<Build> read_marked(const BuildDirectory& build, const WorkerConfig& worker) {
  TRY_ASSIGN(const Marker marker, load_marker(build));
  TRY_ASSIGN(const auto planned, plan_marked(build, marker));
  for (const MarkedFile& file : marker.files) {
    if (is_source_map(file.path)) continue;  // Never sent: its size is enough.
    TRY_ASSIGN(const auto hash,
               hash_file(build.fd, build.path, *build.tree.file(file.path), keep_reading));
    if (hash != file.sha256) {
      return mismatch(build, file.path, "is not the file whose hash the marker holds");
    }
  }
  std::vector<Module> modules;
  for (const Planned& module : planned) {
    modules.push_back({module.entry->path, std::string(module.type), module.entry->stat.size,
                       marker.file(module.entry->path)->sha256});
  }
  TRY_ASSIGN(auto main, marked_main(build, worker, marker, modules));
  return assemble(build, worker, std::move(modules), std::move(main), marker);
}

Readable<Build> read_quiet(const BuildDirectory& build, const WorkerConfig& worker) {
  std::vector<Planned> planned;
  for (const TreeEntry& entry : build.tree.files) {
    if (const auto type = module_type(entry.path)) planned.push_back({&entry, *type});
  }
  TRY(check_size(build, planned));
  std::vector<Module> modules;
  for (const Planned& module : planned) {
    std::string code;
    const bool scanned = module.type == kEsModule;
    TRY_ASSIGN(
        const auto hash,
        hash_file(build.fd, build.path, *module.entry, [&](std::span<const std::byte> bytes) {
          if (scanned) {
            code.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
          }
          return true;
        }));
    TRY(check_imports(build, module.entry->path, code));
    modules.push_back(
        {module.entry->path, std::string(module.type), module.entry->stat.size, hash});
  }
  std::string main;
  if (const auto& configured = worker.build->main) {
    TRY_ASSIGN(main, named_main(build.path, modules, *configured, "`build.main`"));
  } else {
    TRY_ASSIGN(main, find_main(build, modules, worker.build->config));
  }
  return assemble(build, worker, std::move(modules), std::move(main), std::nullopt);
}

Readable<std::string> find_main(const BuildDirectory& build, const std::vector<Module>& modules,
                                const std::string& config) {
  TRY_ASSIGN(const auto named, wrangler_main(build, config));
  if (named) return named_main(build.path, modules, named->main, shown(named->where));
  return only_candidate(build.path, modules);
}

}  // namespace rollout
