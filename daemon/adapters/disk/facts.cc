// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/facts.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "daemon/adapters/disk/git_facts.h"
#include "daemon/adapters/disk/module_kind.h"
#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/outside_file.h"
#include "daemon/adapters/disk/read_file.h"
#include "daemon/codec/json.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

std::unexpected<Obstacle> invalid(const std::string& where, const std::string& why) {
  return rejected("FactsInvalid", fmt::format("{}: {}; mend it", shown(where), why));
}

void put(Facts& facts, std::string_view name, const std::string& value, const std::string& where) {
  if (!value.empty()) facts[std::string(name)] = {value, where};
}

void put_git(Facts& facts, const GitFacts& git, const std::string& where) {
  put(facts, "git.commit", git.commit, where);
  put(facts, "git.branch", git.branch, where);
  put(facts, "git.tag", git.tag, where);
  put(facts, "git.subject", git.subject, where);
  put(facts, "git.author", git.author, where);
  put(facts, "git.dirty", git.tree == GitFacts::Tree::dirty ? "true" : "false", where);
}

void put_package(Facts& facts, const PackageFacts& package, const std::string& where) {
  put(facts, "package.name", package.name, where);
  put(facts, "package.version", package.version, where);
}

void flatten(Facts& facts, const std::string& name, const Json& value, const std::string& where) {
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) {
      flatten(facts, fmt::format("{}.{}", name, key), child, where);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      flatten(facts, fmt::format("{}.{}", name, i), value[i], where);
    }
  } else if (value.is_string()) {
    put(facts, name, value.get<std::string>(), where);
  } else if (!value.is_null()) {
    put(facts, name, dump_json(value), where);
  }
}

Readable<void> put_info(Facts& facts, const BuildDirectory& build) {
  const TreeEntry* file = build.tree.file(kBuildInfoName);
  if (file == nullptr) return {};
  TRY_ASSIGN(const auto text, read_text(build.fd, build.path, *file, kMaxOutsideBytes));
  const std::string where = fs::path(build.path) / kBuildInfoName;
  const auto root = parse_json(text);
  if (!root) return invalid(where, root.error());
  if (!root->is_object()) return invalid(where, "it is no JSON object");
  flatten(facts, "info", *root, where);
  return {};
}

}  // namespace

Readable<std::optional<FoundPackage>> find_package(const std::string& directory) {
  std::error_code ignored;
  const auto is_repository = [&ignored](const fs::path& path) {
    return fs::exists(path / ".git", ignored);
  };
  fs::path top = directory;
  while (!is_repository(top) && top.has_relative_path()) top = top.parent_path();
  if (!is_repository(top)) top = fs::path(directory).parent_path();
  for (fs::path path = directory;; path = path.parent_path()) {
    const std::string where = path / "package.json";
    TRY_ASSIGN(const auto text, read_outside(where));
    if (text) {
      const auto root = parse_json(*text);
      if (!root) return invalid(where, root.error());
      const auto name = string_member(*root, "name");
      if (!name) return invalid(where, name.error());
      const auto version = string_member(*root, "version");
      if (!version) return invalid(where, version.error());
      if (*name || *version) {
        return FoundPackage{{name->value_or(""), version->value_or("")}, where};
      }
    }
    if (path == top || !path.has_relative_path()) return std::nullopt;
  }
}

Readable<Facts> gather_facts(const BuildDirectory& build, const std::optional<Marker>& marker) {
  Facts facts;
  const std::string marker_path = fs::path(build.path) / kMarkerName;
  if (marker && marker->git) {
    put_git(facts, *marker->git, marker_path);
  } else if (const auto found = git_facts(build.path); !found) {
    put(facts, "git.refusal", found.error(), build.path);
  } else if (*found) {
    put_git(facts, (*found)->git, (*found)->where);
  }
  if (marker && marker->package) {
    put_package(facts, *marker->package, marker_path);
  } else {
    TRY_ASSIGN(const auto found, find_package(build.path));
    if (found) put_package(facts, found->package, found->where);
  }
  TRY(put_info(facts, build));
  return facts;
}

}  // namespace rollout
