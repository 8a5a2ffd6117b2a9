// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>

#include "daemon/adapters/disk/names.h"

namespace rollout {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::string at(const std::string& root, const std::string& path) {
  return path.empty() ? shown(root) : fmt::format("{} in {}", shown(path), shown(root));
}

/// The mount that holds `name` below `at` ("" for `at` itself); none where the kernel does not say.
std::optional<std::uint64_t> mount_of(int at, const char* name) {
  struct statx found{};
  const int flags = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  if (::statx(at, name, flags, STATX_MNT_ID, &found) != 0) return {};
  if ((found.stx_mask & STATX_MNT_ID) == 0) return {};
  return found.stx_mnt_id;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

/// A stream of its own, so that `fd` keeps its position.
Directory list_directory(int fd) {
  const int own = ::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return nullptr;
  Directory stream(::fdopendir(own));
  if (!stream) ::close(own);
  return stream;
}

/// Null at the end, with errno 0, and on an error, with errno set.
const dirent* next_entry(DIR* directory) {
  while (true) {
    errno = 0;
    // One thread reads this stream.
    const dirent* entry = ::readdir(directory);  // NOLINT(concurrency-mt-unsafe)
    if (entry == nullptr) return nullptr;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") return entry;
  }
}

class Walker {
 public:
  explicit Walker(const std::string& root_path) : root_path_(root_path) {}

  Readable<Tree> walk(const Fd& root) {
    struct stat found{};
    if (::fstat(root.get(), &found) != 0) return unreadable("", errno);
    device_ = found.st_dev;
    mount_ = mount_of(root.get(), "");
    tree_.directories.push_back({"", file_stat(found)});
    TRY(enter(root, "", 0));
    std::sort(tree_.files.begin(), tree_.files.end());
    std::sort(tree_.directories.begin(), tree_.directories.end());
    return std::move(tree_);
  }

 private:
  std::unexpected<Obstacle> unreadable(const std::string& path, int error) const {
    if (error == ENOENT) return moving();
    return rejected("Unreadable",
                    fmt::format("{} cannot be read: {}. A build is taken whole or not at all; make "
                                "the file readable for the daemon's user",
                                at(root_path_, path), errno_text(error)));
  }

  Readable<void> enter(const Fd& directory, const std::string& prefix, int level) {
    if (level > kMaxLevels) {
      return rejected("TooDeep", fmt::format("{} lies deeper than {} levels; a build must not",
                                             at(root_path_, prefix), kMaxLevels));
    }
    const Directory stream = list_directory(directory.get());
    if (!stream) return unreadable(prefix, errno);
    while (const dirent* entry = next_entry(stream.get())) {
      TRY(take(directory, prefix, entry->d_name, level));
    }
    if (errno != 0) return unreadable(prefix, errno);
    return {};
  }

  Readable<void> take(const Fd& directory, const std::string& prefix, const std::string& name,
                      int level) {
    const std::string path = prefix.empty() ? name : prefix + "/" + name;
    if (!is_clean_name(name)) {
      return rejected("BadName", fmt::format("the name {} is not valid UTF-8 or holds a control "
                                             "character; rename the file",
                                             at(root_path_, path)));
    }
    struct stat found{};
    if (::fstatat(directory.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
      return unreadable(path, errno);
    }
    const bool is_directory = S_ISDIR(found.st_mode);
    if (is_directory && (name == ".git" || name == "node_modules")) return {};
    TRY(check_kind(found, path));
    if (!is_on_the_mount(directory, name, found)) {
      return rejected("OtherDevice",
                      fmt::format("{} is mounted there or lies on another file system; "
                                  "nothing is mounted inside a build. Copy it",
                                  at(root_path_, path)));
    }
    if (tree_.files.size() + tree_.directories.size() >= kMaxTree) {
      return rejected("TooManyFiles", fmt::format("{} holds more than {} files and directories",
                                                  shown(root_path_), kMaxTree));
    }
    (is_directory ? tree_.directories : tree_.files).push_back({path, file_stat(found)});
    if (!is_directory) return {};
    const Fd below = open_directory(directory.get(), name);
    if (!below.valid()) return unreadable(path, errno);
    return enter(below, path, level + 1);
  }

  Readable<void> check_kind(const struct stat& found, const std::string& path) const {
    if (S_ISLNK(found.st_mode)) {
      return rejected("SymlinkInBuild",
                      fmt::format("{} is a symbolic link; a build holds regular files only, so "
                                  "that nothing outside it is ever read. Copy the file instead",
                                  at(root_path_, path)));
    }
    if (!S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode)) {
      return rejected("NotARegularFile", fmt::format("{} is a FIFO, socket or device; a build "
                                                     "holds regular files only. Remove it",
                                                     at(root_path_, path)));
    }
    return {};
  }

  /// By the mount: a bind mount has the device of its build, and the files of one overlay differ in
  /// theirs. By the device where the kernel does not name mounts.
  bool is_on_the_mount(const Fd& directory, const std::string& name,
                       const struct stat& found) const {
    const auto mount = mount_of(directory.get(), name.c_str());
    return mount && mount_ ? *mount == *mount_ : found.st_dev == device_;
  }

  const std::string& root_path_;
  dev_t device_ = 0;
  std::optional<std::uint64_t> mount_;
  Tree tree_;
};

}  // namespace

FileStat file_stat(const struct stat& found) {
  return {static_cast<std::uint64_t>(found.st_dev), static_cast<std::uint64_t>(found.st_ino),
          static_cast<std::uint64_t>(found.st_size), nanoseconds(found.st_mtim),
          nanoseconds(found.st_ctim)};
}

const TreeEntry* Tree::file(std::string_view path) const {
  const auto found =
      std::lower_bound(files.begin(), files.end(), path,
                       [](const TreeEntry& entry, std::string_view p) { return entry.path < p; });
  return found != files.end() && found->path == path ? &*found : nullptr;
}

Instant Tree::youngest() const {
  std::int64_t latest = 0;
  for (const auto& entry : files) latest = std::max(latest, entry.stat.ctime_ns);
  for (const auto& entry : directories) latest = std::max(latest, entry.stat.ctime_ns);
  return Instant(std::chrono::ceil<Millis>(std::chrono::nanoseconds(latest)));
}

Readable<Tree> walk(const Fd& root, const std::string& root_path) {
  return Walker(root_path).walk(root);
}

Readable<std::vector<std::string>> sub_directories(const Fd& root, const std::string& root_path) {
  const Directory stream = list_directory(root.get());
  if (!stream) {
    return rejected("Unreadable", fmt::format("{}: {}", shown(root_path), errno_text(errno)));
  }
  std::vector<std::string> names;
  while (const dirent* entry = next_entry(stream.get())) {
    const std::string name = entry->d_name;
    struct stat found{};
    if (name.starts_with('.') ||
        ::fstatat(root.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISDIR(found.st_mode)) {
      continue;
    }
    names.push_back(name);
  }
  if (errno != 0) {
    return rejected("Unreadable", fmt::format("{}: {}", shown(root_path), errno_text(errno)));
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_empty(const Fd& root) {
  const Directory stream = list_directory(root.get());
  if (!stream) return true;
  while (const dirent* entry = next_entry(stream.get())) {
    if (std::string_view(entry->d_name) != ".git") return false;
  }
  return true;
}

Fd open_directory(int at, const std::string& name) {
  return Fd(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

}  // namespace rollout
