// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/read_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "daemon/adapters/disk/names.h"
#include "daemon/codec/sha256.h"

namespace rollout {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

std::unexpected<Obstacle> unreadable(const std::string& root_path, const std::string& path) {
  if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return moving();
  return rejected("Unreadable", fmt::format("{} in {} cannot be read: {}. A build is taken whole "
                                            "or not at all; make it readable for the daemon's user",
                                            shown(path), shown(root_path), errno_text(errno)));
}

bool is_still(const Fd& file, const FileStat& expected) {
  struct stat found{};
  return ::fstat(file.get(), &found) == 0 && file_stat(found) == expected;
}

}  // namespace

Fd open_below(const Fd& root, const std::string& path) {
  Fd held;
  int directory = root.get();
  std::size_t start = 0;
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', start)) {
    held = open_directory(directory, path.substr(start, slash - start));
    if (!held.valid()) return {};
    directory = held.get();
    start = slash + 1;
  }
  const std::string name = path.substr(start);
  struct stat found{};
  if (::fstatat(directory, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return {};
  if (!S_ISREG(found.st_mode)) {
    errno = ELOOP;
    return {};
  }
  // O_NONBLOCK: should the file have become a FIFO just now, the open must not wait for a writer.
  Fd file(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.valid() && (::fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode))) {
    errno = ELOOP;
    return {};
  }
  return file;
}

bool read_all(const Fd& file, std::uint64_t limit, const ByteSink& sink) {
  std::array<std::byte, kPiece> buffer;
  std::uint64_t total = 0;
  while (total <= limit) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) return true;
    total += static_cast<std::uint64_t>(got);
    if (!sink(std::span(buffer).first(static_cast<std::size_t>(got)))) {
      errno = 0;
      return false;
    }
  }
  return true;
}

Readable<Sha256> hash_file(const Fd& root, const std::string& root_path, const TreeEntry& entry,
                           const ByteSink& sink) {
  const Fd file = open_below(root, entry.path);
  if (!file.valid()) return unreadable(root_path, entry.path);
  if (!is_still(file, entry.stat)) return moving();
  Sha256Stream hash;
  std::uint64_t total = 0;
  const bool whole = read_all(file, entry.stat.size, [&](std::span<const std::byte> bytes) {
    total += bytes.size();
    hash.add(bytes);
    return sink(bytes);
  });
  if (!whole) return unreadable(root_path, entry.path);
  if (total != entry.stat.size || !is_still(file, entry.stat)) return moving();
  return hash.finish();
}

Readable<std::string> read_text(const Fd& root, const std::string& root_path,
                                const TreeEntry& entry, std::uint64_t limit) {
  if (entry.stat.size > limit) {
    return rejected("TooLarge",
                    fmt::format("{} in {} has {} bytes; at most {} are read", shown(entry.path),
                                shown(root_path), entry.stat.size, limit));
  }
  std::string text;
  TRY(hash_file(root, root_path, entry, [&text](std::span<const std::byte> bytes) {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return true;
  }));
  return text;
}

}  // namespace rollout
