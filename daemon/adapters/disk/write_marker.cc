// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/write_marker.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "daemon/adapters/disk/facts.h"
#include "daemon/adapters/disk/git_facts.h"
#include "daemon/adapters/disk/module_kind.h"
#include "daemon/adapters/disk/module_selection.h"
#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/read_file.h"
#include "daemon/adapters/disk/root.h"
#include "daemon/adapters/disk/snapshot.h"

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

/// Whether the daemon reads the file, so that the marker must vouch for it.
bool is_listed(const std::string& path) {
  return module_type(path) || (is_source_map(path) && !path.starts_with('.')) ||
         path == kBuildInfoName || is_wrangler_configuration(path);
}

Readable<std::optional<std::string>> find_main_to_mark(const BuildDirectory& build,
                                                       const std::vector<Module>& modules,
                                                       const std::optional<ProjectFile>& project,
                                                       const std::optional<std::string>& wanted) {
  if (wanted) return named_main(build.path, modules, *wanted, "`--main`");
  return find_main(build, modules, project);
}

Readable<MarkSummary> survey(const BuildDirectory& build, const MarkOptions& options) {
  MarkSummary summary;
  TRY_ASSIGN(const auto project, find_project(build, {}));
  const ModuleSelection selection(project);
  std::vector<Module> modules;
  for (const TreeEntry& entry : build.tree.files) {
    if (!is_listed(entry.path)) continue;
    TRY_ASSIGN(const auto hash, hash_file(build.fd, build.path, entry,
                                          [](std::span<const std::byte>) { return true; }));
    summary.marker.files.push_back({entry.path, entry.stat.size, hash});
    if (auto module = selection.of(entry.path)) {
      modules.push_back(
          {std::move(module->name), std::move(module->content_type), entry.stat.size, hash});
      summary.bytes += entry.stat.size;
    }
  }
  if (project && project->folder) {
    summary.marker.settings = (std::filesystem::path(*project->folder) /
                               std::filesystem::path(project->where).filename());
  }
  TRY_ASSIGN(const auto main, find_main_to_mark(build, modules, project, options.main));
  if (main) summary.marker.main = selection.folder() + *main;
  TRY_ASSIGN(const auto package, find_package(build.path));
  if (package) summary.marker.package = package->package;
  TRY_ASSIGN(const Tree again, walk(build.fd, build.path));
  if (again != build.tree) return moving();
  summary.modules = modules.size();
  summary.left_out = files_left_out(build.tree, summary.marker.files.size());
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
