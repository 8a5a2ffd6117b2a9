// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/outside_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "daemon/adapters/disk/fd.h"
#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/read_file.h"

namespace rollout {

Readable<std::optional<std::string>> read_outside(const std::string& path) {
  const auto unreadable = [&path](const std::string& why) {
    return rejected("FactsUnreadable", fmt::format("{}: {}", shown(path), why));
  };
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == EACCES) return std::nullopt;
    return unreadable(errno_text(errno));
  }
  if (!S_ISREG(found.st_mode)) return std::nullopt;
  const Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file.valid()) return unreadable(errno_text(errno));
  std::string text;
  const bool whole = read_all(file, kMaxOutsideBytes, [&text](std::span<const std::byte> bytes) {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return true;
  });
  if (!whole) return unreadable(errno_text(errno));
  if (text.size() > kMaxOutsideBytes) {
    return unreadable(fmt::format("it is larger than {} bytes", kMaxOutsideBytes));
  }
  return text;
}

}  // namespace rollout
