// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/main_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "daemon/adapters/disk/names.h"

namespace rollout {

Readable<std::string> only_candidate(const std::string& build_path,
                                     const std::vector<std::string>& code) {
  std::vector<std::string> candidates;
  for (const std::string& name : code) {
    if (name.find('/') == std::string::npos) candidates.push_back(name);
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

Readable<std::string> named_main(const std::string& build_path,
                                 const std::vector<std::string>& code, const std::string& said,
                                 const std::string& where) {
  const std::filesystem::path path = std::filesystem::path(said).lexically_normal();
  std::vector<std::string> names{path.string()};
  for (const char* suffix : {".js", ".mjs", ".cjs", ".py"}) {
    names.push_back(path.stem().string() + suffix);
  }
  for (const std::string& name : names) {
    if (std::find(code.begin(), code.end(), name) != code.end()) return name;
  }
  return rejected("NoMainModule",
                  fmt::format("{} names {} as the main module, but {} holds neither that nor {}",
                              where, shown(said), shown(build_path), shown(names[1])));
}

}  // namespace rollout
