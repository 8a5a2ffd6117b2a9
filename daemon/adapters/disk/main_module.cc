// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/main_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "daemon/adapters/disk/module_kind.h"
#include "daemon/adapters/disk/names.h"

namespace rollout {

std::size_t files_left_out(const Tree& tree, std::size_t taken) {
  return tree.files.size() - taken - (tree.file(kMarkerName) != nullptr ? 1 : 0);
}

Readable<std::string> only_candidate(const std::string& build_path,
                                     const std::vector<Module>& modules) {
  std::vector<std::string> candidates;
  for (const Module& module : modules) {
    if (is_code(module.content_type) && module.name.find('/') == std::string::npos) {
      candidates.push_back(module.name);
    }
  }
  if (candidates.size() == 1) return candidates.front();
  if (candidates.empty()) {
    return rejected("NoMainModule", fmt::format("{} holds no .js, .mjs, .cjs or .py file at its "
                                                "top level; name the main module with `build.main` "
                                                "or `rolloutctl mark --main`",
                                                shown(build_path)));
  }
  std::string list;
  for (const std::string& name : candidates) {
    list += (list.empty() ? "" : ", ") + shown(name);
  }
  return rejected("TwoMains", fmt::format("{} has {} candidates for the main module: {}; name it "
                                          "with `build.main` or `rolloutctl mark --main`",
                                          shown(build_path), candidates.size(), list));
}

Readable<std::string> named_main(const std::string& build_path, const std::vector<Module>& modules,
                                 const std::string& said, const std::string& where) {
  const std::filesystem::path path = std::filesystem::path(said).lexically_normal();
  std::vector<std::string> names{path.string()};
  for (const char* suffix : {".js", ".mjs", ".cjs", ".py"}) {
    names.push_back(path.stem().string() + suffix);
  }
  for (const std::string& name : names) {
    const auto found = std::find_if(modules.begin(), modules.end(),
                                    [&name](const Module& m) { return m.name == name; });
    if (found != modules.end() && is_code(found->content_type)) return name;
  }
  return rejected("NoMainModule",
                  fmt::format("{} names {} as the main module, but {} holds neither that nor {}",
                              where, shown(said), shown(build_path), shown(names[1])));
}

}  // namespace rollout
