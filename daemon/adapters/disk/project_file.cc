// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/project_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/outside_file.h"
#include "daemon/adapters/disk/read_file.h"
#include "daemon/codec/json.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNames[] = {"wrangler.json", "wrangler.jsonc", "wrangler.toml"};
constexpr const char* kRedirect = ".wrangler/deploy/config.json";

std::unexpected<Obstacle> invalid(const std::string& where, const std::string& why) {
  return rejected("ConfigInvalid", fmt::format("{}: {}. Mend it, or name another one with "
                                               "`build.config`",
                                               shown(where), why));
}

Readable<Project> parse(const std::string& text, const std::string& where,
                        const BuildConfig& config) {
  const Syntax syntax = where.ends_with(".toml") ? Syntax::toml : Syntax::jsonc;
  auto project = read_project(text, syntax, config.environment);
  if (project) return std::move(*project);
  return invalid(fmt::format("{}:{}", where, project.error().line), project.error().message);
}

/// The part of `path` below `root`; none where it is not below.
std::optional<std::string> below(const fs::path& path, const fs::path& root) {
  std::string relative = path.lexically_normal().lexically_relative(root.lexically_normal());
  if (relative.empty() || relative == ".." || relative.starts_with("../")) return std::nullopt;
  return relative;
}

Readable<ProjectFile> inside(const BuildDirectory& build, const TreeEntry& file,
                             const BuildConfig& config) {
  TRY_ASSIGN(const auto text, read_text(build.fd, build.path, file, kMaxOutsideBytes));
  const std::string where = fs::path(build.path) / file.path;
  TRY_ASSIGN(auto project, parse(text, where, config));
  return ProjectFile{where, fs::path(file.path).parent_path().string(), file.stat,
                     std::move(project)};
}

/// A configuration at any path: in the build it is read as the build's other files are.
Readable<std::optional<ProjectFile>> at_path(const BuildDirectory& build, const fs::path& path,
                                             const BuildConfig& config) {
  if (const auto name = below(path, build.path)) {
    const TreeEntry* file = build.tree.file(*name);
    if (file == nullptr) return std::nullopt;
    return inside(build, *file, config);
  }
  const std::string where = path.lexically_normal();
  struct stat found{};
  const bool there = ::stat(where.c_str(), &found) == 0;
  TRY_ASSIGN(const auto text, read_outside(where));
  if (!text || !there) return std::nullopt;
  TRY_ASSIGN(auto project, parse(*text, where, config));
  return ProjectFile{where, std::nullopt, file_stat(found), std::move(project)};
}

Readable<std::optional<ProjectFile>> redirected(const BuildDirectory& build,
                                                const BuildConfig& config) {
  const fs::path redirect = fs::path(build.path).parent_path() / kRedirect;
  TRY_ASSIGN(const auto text, read_outside(redirect));
  if (!text) return std::nullopt;
  const auto root = parse_jsonc(*text);
  if (!root) return invalid(redirect, root.error().message);
  const auto leads = string_member(*root, "configPath");
  if (!leads || !*leads) return invalid(redirect, "`configPath` must name a configuration");
  TRY_ASSIGN(auto found, at_path(build, redirect.parent_path() / **leads, config));
  if (!found) {
    return invalid(redirect, fmt::format("it leads to {}, which does not exist", shown(**leads)));
  }
  return found;
}

}  // namespace

Readable<std::optional<ProjectFile>> find_project(const BuildDirectory& build,
                                                  const BuildConfig& config) {
  if (config.config != "auto") {
    const fs::path path = fs::path(build.path) / config.config;
    TRY_ASSIGN(auto found, at_path(build, path, config));
    if (!found) return invalid(path, "there is no such file");
    return found;
  }
  for (const std::string_view name : kNames) {
    if (const TreeEntry* file = build.tree.file(name)) return inside(build, *file, config);
  }
  TRY_ASSIGN(auto leading, redirected(build, config));
  if (leading) return leading;
  for (const std::string_view name : kNames) {
    TRY_ASSIGN(auto found, at_path(build, fs::path(build.path).parent_path() / name, config));
    if (found) return found;
  }
  return std::nullopt;
}

bool is_wrangler_configuration(std::string_view path) {
  return std::ranges::find(kNames, fs::path(path).filename()) != std::end(kNames);
}

std::vector<std::string> places_beside(const std::string& build_path, const BuildConfig& config) {
  if (config.config != "auto") return {fs::path(build_path) / config.config};
  const fs::path parent = fs::path(build_path).parent_path();
  std::vector<std::string> places{parent / kRedirect};
  for (const std::string_view name : kNames) places.push_back(parent / name);
  return places;
}

}  // namespace rollout
