// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/assets.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "daemon/adapters/disk/module_kind.h"
#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/read_file.h"
#include "daemon/codec/blake3.h"
#include "daemon/codec/media_types.h"
#include "daemon/codec/wrangler/ignore_file.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIgnoreName = ".assetsignore";
constexpr std::string_view kWorkerName = "_worker.js";
constexpr std::uint64_t kMaxIgnoreBytes = 1024 * 1024;

/// Where the files are read: the build itself, or the directory of its assets.
struct Source {
  const BuildDirectory& directory;
  std::string folder;
  const AssetsPlace& place;
};

/// A file below the assets' directory, by its name there.
struct Candidate {
  const TreeEntry* entry;
  std::string_view name;
};

Readable<std::vector<Candidate>> candidates(const Source& source,
                                            const std::optional<Marker>& marker) {
  const Tree& tree = source.directory.tree;
  const bool vouched = marker && source.place.folder;
  std::vector<Candidate> out;
  std::size_t unlisted = 0;
  for (const TreeEntry& entry : tree.files) {
    if (!entry.path.starts_with(source.folder) || is_marker(entry.path)) continue;
    if (vouched && marker->file(entry.path) == nullptr) {
      ++unlisted;
      continue;
    }
    out.push_back({&entry, std::string_view(entry.path).substr(source.folder.size())});
  }
  const std::string name =
      source.folder.empty() ? "" : source.folder.substr(0, source.folder.size() - 1);
  if (out.empty() && unlisted > 0) {
    return rejected("AssetsUnmarked",
                    fmt::format("the marker lists none of the {} files in {}, the static assets: "
                                "`rolloutctl mark` lists them where a wrangler configuration names "
                                "that directory. Name it there, or keep the assets outside of the "
                                "build",
                                unlisted, shown(source.place.path)));
  }
  if (std::ranges::find(tree.directories, name, &TreeEntry::path) != tree.directories.end()) {
    return out;
  }
  return rejected("AssetsMissing", fmt::format("the directory of the static assets, {}, is not "
                                               "there; was it built?",
                                               shown(source.place.path)));
}

/// `cp -p` and the like keep a file's time, but not that of the directory they write to.
Readable<void> check_age(const Source& source, const BuildDirectory& build,
                         const std::optional<Marker>& marker) {
  const TreeEntry* published = marker ? build.tree.file(kMarkerName) : nullptr;
  if (published == nullptr || source.place.folder) return {};
  const auto younger = [published](const TreeEntry& entry) {
    return entry.stat.mtime_ns > published->stat.mtime_ns;
  };
  const Tree& tree = source.directory.tree;
  if (std::ranges::none_of(tree.files, younger) &&
      std::ranges::none_of(tree.directories, younger)) {
    return {};
  }
  return rejected("AssetsNewer",
                  fmt::format("the static assets in {} were changed after the build in {} was "
                              "marked; let `rolloutctl mark` say when both are finished",
                              shown(source.place.path), shown(build.path)));
}

Readable<std::optional<IgnoreFile>> read_ignore_file(const Source& source) {
  const TreeEntry* entry = source.directory.tree.file(source.folder + std::string(kIgnoreName));
  if (entry == nullptr) return std::nullopt;
  TRY_ASSIGN(const auto text,
             read_text(source.directory.fd, source.directory.path, *entry, kMaxIgnoreBytes));
  auto file = IgnoreFile::parse(text);
  if (file) return std::move(*file);
  return rejected("IgnoreInvalid", fmt::format("{} in {} makes no sense: {}", shown(kIgnoreName),
                                               shown(source.place.path), file.error()));
}

Readable<void> check_worker(const Source& source, const Candidate& candidate) {
  const std::string_view name = candidate.name;
  if (name != kWorkerName && !name.starts_with(std::string(kWorkerName) + "/")) return {};
  return rejected("AssetsHoldWorker",
                  fmt::format("{} in {} would be served to everybody. If that is wanted, or if it "
                              "is named there, add a {} file",
                              shown(name), shown(source.place.path), shown(kIgnoreName)));
}

Readable<void> check_size(const Source& source, const Candidate& candidate) {
  if (candidate.entry->stat.size <= kMaxAssetBytes) return {};
  return rejected("AssetTooLarge",
                  fmt::format("{} in {} has {} bytes, and an asset at most {} (25 MiB); name it in "
                              "{} to leave it out",
                              shown(candidate.name), shown(source.place.path),
                              candidate.entry->stat.size, kMaxAssetBytes, shown(kIgnoreName)));
}

/// The file as a module and its name in a manifest, in one read.
Readable<Asset> read_asset(const Source& source, const Candidate& candidate,
                           const std::optional<Marker>& marker) {
  const TreeEntry& entry = *candidate.entry;
  AssetHash hash;
  TRY_ASSIGN(const Sha256 sha256, hash_file(source.directory.fd, source.directory.path, entry,
                                            [&hash](std::span<const std::byte> bytes) {
                                              hash.add(bytes);
                                              return true;
                                            }));
  const MarkedFile* marked = marker && source.place.folder ? marker->file(entry.path) : nullptr;
  if (marked != nullptr && marked->sha256 != sha256) {
    return rejected("MarkerMismatch",
                    fmt::format("{} in {} is not the file whose hash the marker holds; finish the "
                                "build and run `rolloutctl mark` again",
                                shown(entry.path), shown(source.directory.path)));
  }
  return Asset{.file = {.name = std::string(candidate.name),
                        .content_type = media_type(candidate.name).value_or(""),
                        .size = entry.stat.size,
                        .sha256 = sha256},
               .hash = hash.finish(extension_of(candidate.name))};
}

std::optional<std::string> folder_in(const std::string& build_path, const fs::path& path) {
  const fs::path relative = path.lexically_relative(fs::path(build_path).lexically_normal());
  if (relative.empty() || *relative.begin() == "..") return std::nullopt;
  if (relative == ".") return "";
  return (relative / "").string();
}

}  // namespace

bool holds_rules(std::string_view name) {
  return name == "_headers" || name == "_redirects";
}

Readable<std::optional<AssetsPlace>> place_of_assets(const std::string& build_path,
                                                     const std::optional<ProjectFile>& project,
                                                     const BuildConfig& config) {
  const bool named = project && project->project.assets_directory;
  fs::path path;
  if (config.assets) {
    path = *config.assets;
  } else if (named) {
    path = fs::path(project->where).parent_path() / *project->project.assets_directory;
  } else if (project && project->project.settings.assets) {
    return rejected("AssetsMissing", fmt::format("{} has `assets` without a `directory`; name it "
                                                 "there, or with `build.assets`",
                                                 shown(project->where)));
  } else {
    return std::nullopt;
  }
  path = path.lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  AssetsPlace place{path, folder_in(build_path, path)};
  if (place.folder || config.assets) return place;
  return rejected("AssetsOutside",
                  fmt::format("{} names {} as its static assets, which lies outside the build {}; "
                              "name it with `build.assets` in the daemon's configuration as well, "
                              "or let the build put its assets below it",
                              shown(project->where), shown(place.path), shown(build_path)));
}

Readable<void> check_count(const BuildDirectory& build, const std::optional<AssetsPlace>& assets) {
  const auto counts = [&assets](const TreeEntry& entry) {
    return !assets || !assets->holds(entry.path);
  };
  const auto others = std::ranges::count_if(build.tree.files, counts) +
                      std::ranges::count_if(build.tree.directories, counts);
  if (static_cast<std::size_t>(others) <= kMaxFiles + 1) return {};
  return rejected("TooManyFiles", fmt::format("{} holds more than {} files and directories",
                                              shown(build.path), kMaxFiles));
}

Readable<FoundAssets> read_assets(const BuildDirectory& build, const AssetsPlace& place,
                                  const std::optional<Marker>& marker, std::size_t most) {
  if (!place.folder && !build.assets) return moving();
  const Source source{place.folder ? build : *build.assets, place.folder.value_or(""), place};
  TRY_ASSIGN(const auto found, candidates(source, marker));
  TRY(check_age(source, build, marker));
  TRY_ASSIGN(const auto ignored, read_ignore_file(source));
  AssetSet set{.root = source.directory.path, .folder = source.folder, .files = {}};
  FoundAssets out;
  std::vector<Candidate> taken;
  for (const Candidate& candidate : found) {
    if (candidate.name == kIgnoreName) continue;
    if (holds_rules(candidate.name)) {
      TRY_ASSIGN(Asset rules, read_asset(source, candidate, marker));
      rules.file.content_type = "text/plain";
      out.rules.push_back(std::move(rules.file));
      continue;
    }
    if (ignored && ignored->ignores(candidate.name)) continue;
    if (!ignored) TRY(check_worker(source, candidate));
    TRY(check_size(source, candidate));
    taken.push_back(candidate);
  }
  if (taken.size() > most) {
    return rejected("TooManyAssets",
                    fmt::format("{} holds {} static assets, and a version has at most {} on this "
                                "plan (`plan` of its account in the daemon's configuration); {} "
                                "leaves out what need not be served",
                                shown(place.path), taken.size(), most, shown(kIgnoreName)));
  }
  for (const Candidate& candidate : taken) {
    TRY_ASSIGN(Asset asset, read_asset(source, candidate, marker));
    set.bytes += asset.file.size;
    set.files.push_back(std::move(asset));
  }
  set.left_out = found.size() - taken.size();
  std::ranges::sort(set.files, {}, [](const Asset& asset) { return asset.file.name; });
  out.set = std::make_shared<const AssetSet>(std::move(set));
  return out;
}

}  // namespace rollout
