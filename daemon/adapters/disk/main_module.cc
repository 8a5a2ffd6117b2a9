// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/main_module.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "daemon/adapters/disk/module_kind.h"
#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/outside_file.h"
#include "daemon/adapters/disk/read_file.h"
#include "daemon/codec/json.h"

namespace rollout {
namespace {

constexpr const char* kConfigurations[] = {"wrangler.json", "wrangler.jsonc"};

Readable<std::optional<WranglerMain>> parse_configuration(const std::string& text,
                                                          const std::string& where) {
  const auto root = parse_jsonc(text);
  if (!root) {
    return rejected("ConfigInvalid", fmt::format("{}: {}. Mend it, or name the main module with "
                                                 "`build.main`",
                                                 shown(where), root.error().message));
  }
  const auto main = string_member(*root, "main");
  if (!main) return rejected("ConfigInvalid", fmt::format("{}: {}", shown(where), main.error()));
  if (!*main) return std::nullopt;
  return WranglerMain{**main, where};
}

Readable<std::optional<WranglerMain>> outside_configuration(const std::string& path) {
  TRY_ASSIGN(const auto text, read_outside(path));
  if (!text) return std::nullopt;
  return parse_configuration(*text, path);
}

}  // namespace

std::size_t files_left_out(const Tree& tree, std::size_t taken) {
  return tree.files.size() - taken - (tree.file(kMarkerName) != nullptr ? 1 : 0);
}

std::vector<std::string> configuration_beside(const std::string& build_path) {
  std::vector<std::string> paths;
  for (const char* name : kConfigurations) {
    paths.push_back(std::filesystem::path(build_path).parent_path() / name);
  }
  return paths;
}

Readable<std::optional<WranglerMain>> wrangler_main(const BuildDirectory& build,
                                                    const std::string& config) {
  if (config != "auto") {
    const std::string path = std::filesystem::path(build.path) / config;
    if (path.ends_with(".toml")) {
      return rejected("ConfigInvalid", fmt::format("{} is TOML, which is not read for the main "
                                                   "module; name it with `build.main`",
                                                   shown(path)));
    }
    TRY_ASSIGN(auto found, outside_configuration(path));
    if (!found) {
      return rejected("ConfigInvalid",
                      fmt::format("{} does not exist or names no `main`", shown(path)));
    }
    return found;
  }
  for (const char* name : kConfigurations) {
    if (const TreeEntry* inside = build.tree.file(name)) {
      TRY_ASSIGN(const auto text, read_text(build.fd, build.path, *inside, kMaxOutsideBytes));
      return parse_configuration(text, std::filesystem::path(build.path) / name);
    }
  }
  for (const std::string& path : configuration_beside(build.path)) {
    TRY_ASSIGN(auto found, outside_configuration(path));
    if (found) return found;
  }
  return std::nullopt;
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
