// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/module_graph.h"

#include <fmt/format.h>

#include <vector>

#include "daemon/adapters/disk/names.h"

namespace rollout {
namespace {

constexpr std::size_t kLongestName = 1024;  ///< Longer texts are none.

}  // namespace

ModuleGraph::ModuleGraph(const BuildDirectory& build, std::string folder)
    : build_(build), folder_(std::move(folder)) {}

void ModuleGraph::add(const std::string& path, std::string_view code) {
  Node& node = nodes_[path];
  const ScriptImports found = scan_imports(code, [&](std::string_view text) {
    if (text.empty() || text.size() > kLongestName) return;
    std::string file = file_of(path, text);
    if (build_.tree.file(file) != nullptr) node.named.insert(std::move(file));
  });
  node.computed = found.computed;
  node.fault = fault_of(path, found);
}

std::string ModuleGraph::file_of(const std::string& path, std::string_view specifier) const {
  return is_relative(specifier) ? resolve_import(path, specifier)
                                : folder_ + std::string(specifier);
}

std::string ModuleGraph::fault_of(const std::string& path, const ScriptImports& found) const {
  const std::string here = fmt::format("{} in {}", shown(path), shown(build_.path));
  if (!found.unfinished.empty()) {
    return fmt::format("{} {}; it was not written to its end. Build again", here, found.unfinished);
  }
  for (const auto& import : found.imports) {
    if (!is_relative(import.specifier)) continue;
    if (build_.tree.file(resolve_import(path, import.specifier)) != nullptr) continue;
    return fmt::format(
        "{} imports {} in line {}, which is not there; the build failed, or is not "
        "finished",
        here, shown(import.specifier), import.line);
  }
  return "";
}

std::optional<std::set<std::string>> ModuleGraph::needed_by(const std::string& main) const {
  if (!nodes_.contains(main)) return std::nullopt;
  std::set<std::string> needed{main};
  std::vector<std::string> ahead{main};
  while (!ahead.empty()) {
    const auto at = nodes_.find(ahead.back());
    ahead.pop_back();
    if (at == nodes_.end()) continue;
    if (at->second.computed) return std::nullopt;
    for (const std::string& file : at->second.named) {
      if (needed.insert(file).second) ahead.push_back(file);
    }
  }
  return needed;
}

Readable<void> ModuleGraph::check(const std::string& path) const {
  const auto at = nodes_.find(path);
  if (at == nodes_.end() || at->second.fault.empty()) return {};
  return rejected("IncompleteBuild", at->second.fault);
}

}  // namespace rollout
