// SPDX-License-Identifier: Apache-2.0
// The files below a root, without leaving it: every step is relative to a directory descriptor and
// never follows a symbolic link. (openat2 would say it in one flag, but answers ENOSYS under the
// unit's sandbox.)
#pragma once

#include <sys/stat.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/adapters/disk/fd.h"
#include "daemon/adapters/disk/obstacle.h"
#include "daemon/core/model/instant.h"

namespace rollout {

inline constexpr std::size_t kMaxFiles = 10000;  ///< Directories count too; assets do not.
inline constexpr std::size_t kMaxTree = 110000;  ///< With the assets.
inline constexpr int kMaxLevels = 32;

/// What tells one state of a file from another. mtime and size alone do not: `cp -p`, `tar` and
/// `rsync -t` restore them; the change time cannot be set.
struct FileStat {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t mtime_ns = 0, ctime_ns = 0;
  auto operator<=>(const FileStat&) const = default;
};
FileStat file_stat(const struct stat& found);

struct TreeEntry {
  std::string path;  ///< Relative to the root, `/`-separated.
  FileStat stat;
  auto operator<=>(const TreeEntry&) const = default;
};

/// Everything below a root but `.git` and `node_modules`, which wrangler skips as well.
struct Tree {
  std::vector<TreeEntry> files;        ///< Sorted by path; regular files on the root's mount.
  std::vector<TreeEntry> directories;  ///< Sorted by path; the root itself is the first, "".
  auto operator<=>(const Tree&) const = default;

  /// Null where there is no such file.
  const TreeEntry* file(std::string_view path) const;
  /// The latest change of any file or directory.
  Instant youngest() const;
};

/// `root_path` is only for sentences. Obstacles: SymlinkInBuild, NotARegularFile, OtherDevice,
/// TooManyFiles, TooDeep, BadName, Unreadable, or moving.
Readable<Tree> walk(const Fd& root, const std::string& root_path);

/// Names of the directories right below, sorted; hidden ones and symbolic links left out.
Readable<std::vector<std::string>> sub_directories(const Fd& root, const std::string& root_path);

/// No entry but `.git`. An error counts as empty: the walk that follows says what it is.
bool is_empty(const Fd& root);

/// Opens a directory, never through a symbolic link at its end. Invalid with errno set on failure.
Fd open_directory(int at, const std::string& name);

}  // namespace rollout
