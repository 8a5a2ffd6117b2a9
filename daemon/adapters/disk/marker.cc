// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/marker.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/tree.h"
#include "daemon/codec/json.h"
#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

template <class T>
using Read = std::expected<T, std::string>;

template <class T>
Read<T> required(Member<T> member, std::string_view name, const std::string& where) {
  if (!member) return std::unexpected(fmt::format("{}{}", where, member.error()));
  if (!*member) return std::unexpected(fmt::format("{}`{}` is missing", where, name));
  return std::move(**member);
}

Read<std::string> text(const Json& object, std::string_view name) {
  TRY_ASSIGN(const auto value, string_member(object, name));
  return value.value_or("");
}

Read<const Json*> optional_object(const Json& root, std::string_view name) {
  const Json* member = find_member(root, name);
  if (member == nullptr || member->is_null()) return nullptr;
  if (!member->is_object()) return std::unexpected(fmt::format("`{}` is no object", name));
  return member;
}

Read<MarkedFile> read_file_entry(const Json& entry, std::size_t index) {
  const std::string where = fmt::format("in `files/{}`: ", index);
  TRY_ASSIGN(std::string path, required(string_member(entry, "path"), "path", where));
  if (!is_relative_path(path)) {
    return std::unexpected(
        fmt::format("{}the path {} is not relative, `/`-separated and without "
                    "`.` or `..`",
                    where, shown(path)));
  }
  TRY_ASSIGN(const auto size, required(integer_member(entry, "size"), "size", where));
  if (size < 0) return std::unexpected(where + "`size` is below 0");
  TRY_ASSIGN(const auto hex, required(string_member(entry, "sha256"), "sha256", where));
  const auto hash = Sha256::from_hex(hex);
  if (!hash) return std::unexpected(where + "`sha256` is not 64 lower-case hex digits");
  return MarkedFile{std::move(path), static_cast<std::uint64_t>(size), *hash};
}

Read<std::vector<MarkedFile>> read_files(const Json& root) {
  const Json* list = find_member(root, "files");
  if (list == nullptr || !list->is_array()) return std::unexpected("`files` is no list");
  if (list->size() > kMaxTree) {
    return std::unexpected(fmt::format("`files` lists more than {} files", kMaxTree));
  }
  std::vector<MarkedFile> files;
  files.reserve(list->size());
  for (const Json& entry : *list) {
    TRY_ASSIGN(auto file, read_file_entry(entry, files.size()));
    files.push_back(std::move(file));
  }
  const auto by_path = [](const auto& a, const auto& b) { return a.path < b.path; };
  std::sort(files.begin(), files.end(), by_path);
  const auto twin = std::adjacent_find(
      files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path == b.path; });
  if (twin != files.end()) {
    return std::unexpected(fmt::format("`files` lists {} twice", shown(twin->path)));
  }
  return files;
}

Read<std::optional<GitFacts>> read_git(const Json& root) {
  TRY_ASSIGN(const Json* git, optional_object(root, "git"));
  if (git == nullptr) return std::nullopt;
  GitFacts facts;
  TRY_ASSIGN(facts.commit, text(*git, "commit"));
  TRY_ASSIGN(facts.branch, text(*git, "branch"));
  TRY_ASSIGN(facts.tag, text(*git, "tag"));
  TRY_ASSIGN(facts.subject, text(*git, "subject"));
  TRY_ASSIGN(facts.author, text(*git, "author"));
  TRY_ASSIGN(const auto dirty, bool_member(*git, "dirty"));
  facts.tree = dirty.value_or(false) ? GitFacts::Tree::dirty : GitFacts::Tree::clean;
  return facts;
}

Read<std::optional<PackageFacts>> read_package(const Json& root) {
  TRY_ASSIGN(const Json* package, optional_object(root, "package"));
  if (package == nullptr) return std::nullopt;
  PackageFacts facts;
  TRY_ASSIGN(facts.name, text(*package, "name"));
  TRY_ASSIGN(facts.version, text(*package, "version"));
  return facts;
}

}  // namespace

const MarkedFile* Marker::file(std::string_view path) const {
  const auto found =
      std::lower_bound(files.begin(), files.end(), path,
                       [](const MarkedFile& file, std::string_view p) { return file.path < p; });
  return found != files.end() && found->path == path ? &*found : nullptr;
}

std::expected<Marker, std::string> parse_marker(std::string_view text) {
  TRY_ASSIGN(const Json root, parse_json(text));
  if (!root.is_object()) return std::unexpected("it is no JSON object");
  TRY_ASSIGN(const auto version, required(integer_member(root, "version"), "version", ""));
  if (version != 1) {
    return std::unexpected(fmt::format("`version` is {}; this program reads version 1", version));
  }
  if (find_member(root, "main") == nullptr) return std::unexpected("`main` is missing");
  Marker marker;
  TRY_ASSIGN(marker.main, string_member(root, "main"));
  TRY_ASSIGN(marker.settings, string_member(root, "settings"));
  TRY_ASSIGN(marker.files, read_files(root));
  TRY_ASSIGN(marker.git, read_git(root));
  TRY_ASSIGN(marker.package, read_package(root));
  for (const auto& listed : {marker.main, marker.settings}) {
    if (listed && marker.file(*listed) == nullptr) {
      return std::unexpected(fmt::format("{} is not among its `files`", shown(*listed)));
    }
  }
  return marker;
}

std::string format_marker(const Marker& marker) {
  const auto nullable = [](const std::optional<std::string>& value) {
    return value ? Json(*value) : Json(nullptr);
  };
  Json files = Json::array();
  for (const MarkedFile& file : marker.files) {
    files.push_back({{"path", file.path}, {"size", file.size}, {"sha256", file.sha256.hex()}});
  }
  Json root = {{"version", 1},
               {"main", nullable(marker.main)},
               {"settings", nullable(marker.settings)},
               {"files", std::move(files)},
               {"git", nullptr},
               {"package", nullptr}};
  if (const auto& git = marker.git) {
    root["git"] = {{"commit", git->commit}, {"branch", git->branch},
                   {"tag", git->tag},       {"subject", git->subject},
                   {"author", git->author}, {"dirty", git->tree == GitFacts::Tree::dirty}};
  }
  if (const auto& package = marker.package) {
    root["package"] = {{"name", package->name}, {"version", package->version}};
  }
  return dump_json_pretty(root) + "\n";
}

}  // namespace rollout
