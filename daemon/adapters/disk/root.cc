// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/root.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/tree.h"

namespace rollout {
namespace {

std::string sentence(const std::string& path, int error) {
  std::string text =
      fmt::format("the build root {} cannot be read: {}", shown(path), errno_text(error));
  if (error != ENOENT && error != EACCES) return text;
  for (const char* hidden : {"/home/", "/root/", "/run/user/"}) {
    if (!path.starts_with(hidden)) continue;
    return text + fmt::format(
                      "; under systemd, ProtectHome= hides {} from the daemon: put builds "
                      "under /srv, or add BindReadOnlyPaths={} to the unit",
                      hidden, path);
  }
  return text + (error == ENOENT ? "; is its file system mounted, and was it built once?"
                                 : "; make it readable for the daemon's user");
}

}  // namespace

std::expected<Fd, std::string> open_root(const std::string& path) {
  Fd root = open_directory(AT_FDCWD, path);
  if (root.valid()) return root;
  const int error = errno;
  struct stat found{};
  if (::lstat(path.c_str(), &found) == 0 && S_ISLNK(found.st_mode)) {
    return std::unexpected(
        fmt::format("the build root {} is a symbolic link; say `layout: link` "
                    "where it is swapped for each build",
                    shown(path)));
  }
  return std::unexpected(sentence(path, error));
}

std::expected<std::string, std::string> resolve_link(const std::string& path) {
  std::error_code error;
  const auto target = std::filesystem::canonical(path, error);
  if (error) return std::unexpected(sentence(path, error.value()));
  return target.string();
}

}  // namespace rollout
