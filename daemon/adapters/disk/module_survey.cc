// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/module_survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "daemon/adapters/disk/module_graph.h"
#include "daemon/adapters/disk/module_kind.h"
#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/read_file.h"

namespace rollout {
namespace {

/// Of a larger script nothing is known but its hash: it may import anything.
constexpr std::uint64_t kMaxScanned = 16 * 1024 * 1024;

bool is_script(std::string_view type) {
  return type == kEsModule || type == kCommonJs;
}

Readable<void> check_content(const std::string& where, const PlannedModule& module,
                             std::string_view content) {
  using namespace std::string_view_literals;
  if (module.type == kWasm && !content.starts_with("\0asm"sv)) {
    return rejected("NotWasm", fmt::format("{} does not begin as WebAssembly does; it is not the "
                                           "file that it should be. Build again",
                                           where));
  }
  const bool text = is_script(module.type) || module.type.starts_with("text/");
  if (text && !is_utf8(content)) {
    return rejected("NotUtf8", fmt::format("{} is sent as text and is not UTF-8; save it as UTF-8, "
                                           "or give it a name that ends in `.bin`",
                                           where));
  }
  return {};
}

/// Its content, whole; hash and fault are then known.
Readable<std::string> read_whole(const BuildDirectory& build, PlannedModule& module) {
  std::string content;
  TRY_ASSIGN(module.sha256,
             hash_file(build.fd, build.path, *module.entry, [&](std::span<const std::byte> bytes) {
               content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
               return true;
             }));
  const auto checked = check_content(
      fmt::format("{} in {}", shown(module.entry->path), shown(build.path)), module, content);
  if (!checked) module.fault = checked.error();
  return content;
}

/// Scripts that are too large together are not read: the build is refused for it.
Readable<ModuleGraph> scan_scripts(const BuildDirectory& build, const std::string& folder,
                                   std::vector<PlannedModule>& planned) {
  ModuleGraph graph(build, folder);
  std::uint64_t ahead = kMaxModuleBytes;
  for (PlannedModule& module : planned) {
    if (!is_script(module.type)) continue;
    const std::uint64_t size = module.entry->stat.size;
    if (size > kMaxScanned || size > ahead) {
      graph.add_unread(module.entry->path);
      continue;
    }
    ahead -= size;
    TRY_ASSIGN(const std::string content, read_whole(build, module));
    graph.add(module.entry->path, content);
  }
  return graph;
}

Readable<std::vector<Module>> hash_rest(const BuildDirectory& build,
                                        std::vector<PlannedModule>& planned) {
  std::vector<Module> modules;
  for (PlannedModule& module : planned) {
    if (!module.sha256 && module.entry->stat.size <= kMaxScanned) {
      TRY(read_whole(build, module));
    } else if (!module.sha256) {
      TRY_ASSIGN(module.sha256, hash_file(build.fd, build.path, *module.entry,
                                          [](std::span<const std::byte>) { return true; }));
    }
    if (module.fault) return std::unexpected(*std::move(module.fault));
    modules.push_back(
        {std::move(module.name), std::move(module.type), module.entry->stat.size, *module.sha256});
  }
  return modules;
}

/// The main module that the configuration names, or else the only candidate.
Readable<std::string> find_main(const BuildDirectory& build,
                                const std::vector<PlannedModule>& planned,
                                const std::optional<ProjectFile>& project,
                                const ModuleSelection& selection, const NamedMain& named) {
  std::vector<std::string> code;
  for (const PlannedModule& module : planned) {
    if (is_code(module.type)) code.push_back(module.name);
  }
  if (named.name) return named_main(build.path, code, *named.name, named.said_by);
  if (!project || !project->project.main) return only_candidate(build.path, code);
  const auto& generated = selection.main();
  return named_main(build.path, code, generated.value_or(*project->project.main),
                    shown(project->where));
}

bool rules_choose(const std::optional<ProjectFile>& project) {
  return project && (project->project.no_bundle || project->project.find_additional_modules);
}

std::string reason(const std::string& path, const ModuleSelection& selection,
                   const Marker* marker) {
  if (selection.is_asset(path)) return "the marker does not list it";
  if (const auto because = no_module_because(path); !because.empty()) return std::string(because);
  if (!selection.of(path)) return "no rule of wrangler's configuration makes it a module";
  if (marker != nullptr && marker->file(path) == nullptr) return "the marker does not list it";
  return "no module imports it";
}

}  // namespace

Readable<void> check_size(const BuildDirectory& build, const std::vector<PlannedModule>& planned) {
  if (planned.empty()) {
    return rejected("EmptyBuild", fmt::format("{} holds no module: there is nothing to upload. "
                                              "Look where the build writes its modules to: that "
                                              "directory is the build's",
                                              shown(build.path)));
  }
  std::uint64_t bytes = 0;
  const TreeEntry* largest = planned.front().entry;
  for (const PlannedModule& module : planned) {
    bytes += module.entry->stat.size;
    if (module.entry->stat.size > largest->stat.size) largest = module.entry;
  }
  if (bytes <= kMaxModuleBytes) return {};
  return rejected("TooLarge", fmt::format("the modules in {} have {} bytes, and a Worker at most "
                                          "{}; the largest is {} with {}",
                                          shown(build.path), bytes, kMaxModuleBytes,
                                          shown(largest->path), largest->stat.size));
}

Readable<SurveyedModules> survey_modules(const BuildDirectory& build,
                                         const std::optional<ProjectFile>& project,
                                         const ModuleSelection& selection, const NamedMain& named) {
  std::vector<PlannedModule> planned;
  for (const TreeEntry& entry : build.tree.files) {
    if (auto module = selection.of(entry.path))
      planned.push_back({&entry, std::move(module->name), std::move(module->content_type)});
  }
  if (planned.empty()) TRY(check_size(build, planned));
  TRY_ASSIGN(const ModuleGraph graph, scan_scripts(build, selection.folder(), planned));
  SurveyedModules found;
  TRY_ASSIGN(found.main, find_main(build, planned, project, selection, named));
  const auto needed =
      rules_choose(project) ? std::nullopt : graph.needed_by(selection.folder() + found.main);
  std::erase_if(planned, [&](const PlannedModule& module) {
    return needed && !needed->contains(module.entry->path) && !counts_unnamed(module.entry->path);
  });
  TRY(check_size(build, planned));
  for (const PlannedModule& module : planned) TRY(graph.check(module.entry->path));
  TRY_ASSIGN(found.modules, hash_rest(build, planned));
  return found;
}

std::vector<LeftOut> left_out_of(const BuildDirectory& build, const ModuleSelection& selection,
                                 const std::vector<Module>& modules, const Marker* marker) {
  std::set<std::string> taken{std::string(kMarkerName)};
  for (const Module& module : modules) taken.insert(selection.folder() + module.name);
  std::vector<LeftOut> left_out;
  for (const TreeEntry& entry : build.tree.files) {
    if (taken.contains(entry.path)) continue;
    const bool listed = marker == nullptr || marker->file(entry.path) != nullptr;
    if (selection.is_asset(entry.path) && listed) continue;
    left_out.push_back({entry.path, reason(entry.path, selection, marker)});
  }
  return left_out;
}

}  // namespace rollout
