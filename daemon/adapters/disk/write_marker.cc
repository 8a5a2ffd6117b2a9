// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/write_marker.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <iterator>

#include "daemon/adapters/disk/assets.h"
#include "daemon/adapters/disk/facts.h"
#include "daemon/adapters/disk/git_facts.h"
#include "daemon/adapters/disk/module_kind.h"
#include "daemon/adapters/disk/module_survey.h"
#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/read_file.h"
#include "daemon/adapters/disk/root.h"

namespace rollout {
namespace {

std::unexpected<Failure> failed(const std::string& path, FailureKind kind, std::string why) {
  return std::unexpected(Failure{
      .kind = kind, .during = fmt::format("mark {}", shown(path)), .detail = std::move(why)});
}

std::string sentence(const Obstacle& obstacle) {
  return obstacle.moving() ? "it changes while it is read; mark it when the build has ended"
                           : obstacle.detail;
}

/// Files that are no modules, and that the marker must vouch for all the same.
bool is_read_besides(const std::string& path) {
  return (is_source_map(path) && !path.starts_with('.')) || path == kBuildInfoName ||
         is_wrangler_configuration(path);
}

/// The modules are listed already, sorted.
Readable<void> list_others(const BuildDirectory& build, const ModuleSelection& selection,
                           Marker& marker) {
  std::vector<MarkedFile> others;
  for (const TreeEntry& entry : build.tree.files) {
    const bool asset = selection.is_asset(entry.path) && !is_marker(entry.path);
    if (!asset && !is_read_besides(entry.path)) continue;
    if (marker.file(entry.path) != nullptr) continue;
    TRY_ASSIGN(const auto hash, hash_file(build.fd, build.path, entry,
                                          [](std::span<const std::byte>) { return true; }));
    others.push_back({entry.path, entry.stat.size, hash});
  }
  std::ranges::move(others, std::back_inserter(marker.files));
  std::ranges::sort(marker.files, {}, &MarkedFile::path);
  return {};
}

Readable<MarkSummary> survey(const BuildDirectory& build, const MarkOptions& options) {
  MarkSummary summary;
  Marker& marker = summary.marker;
  TRY_ASSIGN(const auto project, find_project(build, {}));
  // Assets elsewhere are no files of the build: the marker's own time vouches for them.
  const auto place = place_of_assets(build.path, project, {});
  const auto assets = place ? *place : std::nullopt;
  TRY(check_count(build, assets));
  const ModuleSelection selection(project, assets ? assets->folder : std::nullopt);
  const bool only = assets && project && !project->project.main && !options.main;
  SurveyedModules found;
  if (!only) {
    TRY_ASSIGN(found, survey_modules(build, project, selection, {options.main, "`--main`"}));
    marker.main = selection.folder() + found.main;
  }
  for (const Module& module : found.modules) {
    marker.files.push_back({selection.folder() + module.name, module.size, module.sha256});
    summary.bytes += module.size;
  }
  TRY(list_others(build, selection, marker));
  summary.assets = static_cast<std::size_t>(std::ranges::count_if(
      marker.files, [&](const MarkedFile& file) { return selection.is_asset(file.path); }));
  if (project && project->folder) {
    marker.settings = (std::filesystem::path(*project->folder) /
                       std::filesystem::path(project->where).filename());
  }
  TRY_ASSIGN(const auto package, find_package(build.path));
  if (package) marker.package = package->package;
  TRY_ASSIGN(const Tree again, walk(build.fd, build.path));
  if (again != build.tree) return moving();
  summary.modules = found.modules.size();
  summary.left_out = left_out_of(build, selection, found.modules, nullptr);
  std::erase_if(summary.left_out,
                [&](const LeftOut& file) { return marker.file(file.path) != nullptr; });
  return summary;
}

/// Writes `text` to `name` in the directory by a rename. An errno, or 0.
int publish(const Fd& directory, const std::string& name, const std::string& text) {
  const std::string draft = fmt::format("{}.{}", name, ::getpid());
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
  {
    const Fd file(::openat(directory.get(), draft.c_str(), kFlags, 0644));
    if (!file.valid()) return errno;
    std::string_view rest = text;
    while (!rest.empty()) {
      const ssize_t written = ::write(file.get(), rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno;
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file.get()) != 0) return errno;
  }
  if (::renameat(directory.get(), draft.c_str(), directory.get(), name.c_str()) != 0) return errno;
  return ::fsync(directory.get()) == 0 ? 0 : errno;
}

}  // namespace

Result<MarkSummary> write_marker(const MarkOptions& options) {
  std::error_code error;
  const std::string path = std::filesystem::canonical(options.dir, error);
  if (error) {
    return failed(options.dir, FailureKind::invalid,
                  errno_text(error.value()) + "; name the directory that the build has written");
  }
  auto root = open_root(path);
  if (!root) return failed(path, FailureKind::invalid, root.error());
  auto tree = walk(*root, path);
  if (!tree) return failed(path, FailureKind::invalid, sentence(tree.error()));
  const BuildDirectory build{path, std::move(*root), std::move(*tree)};
  auto summary = survey(build, options);
  if (!summary) return failed(path, FailureKind::invalid, sentence(summary.error()));
  if (options.git == MarkOptions::Git::yes) {
    auto facts = git_facts(path);
    if (!facts) return failed(path, FailureKind::invalid, facts.error());
    if (!*facts) {
      return failed(path, FailureKind::invalid,
                    "no parent of it is a git repository with a commit; leave out `--git`");
    }
    summary->marker.git = std::move((*facts)->git);
  }
  summary->path = std::filesystem::path(path) / kMarkerName;
  if (options.publish == MarkOptions::Publish::no) return std::move(*summary);
  const int problem = publish(build.fd, std::string(kMarkerName), format_marker(summary->marker));
  if (problem != 0) {
    return failed(path, FailureKind::local,
                  fmt::format("{} cannot be written: {}; this user must be able to write there",
                              kMarkerName, errno_text(problem)));
  }
  return std::move(*summary);
}

}  // namespace rollout
