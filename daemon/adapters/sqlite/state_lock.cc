// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/sqlite/state_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace rollout {
namespace {

/// The process id that the holder wrote, for the sentence only.
std::string holder(int descriptor) {
  std::array<char, 16> bytes{};
  const ssize_t size = ::pread(descriptor, bytes.data(), bytes.size(), 0);
  if (size <= 1) return "another process";
  return fmt::format("process {}",
                     std::string_view(bytes.data(), static_cast<std::size_t>(size) - 1));
}

std::string what_to_do(int error) {
  if (error == ENOENT)
    return "; create it for the user that runs rolloutd, or name another in `service.state_dir`";
  if (error == EACCES || error == EROFS || error == EPERM)
    return "; the user that runs rolloutd must be able to write it: give it to that user, or name "
           "another in `service.state_dir`";
  return "";
}

}  // namespace

StateLock::~StateLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

StateLock::StateLock(StateLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

StateLock& StateLock::operator=(StateLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Result<StateLock> lock_state(const std::string& directory) {
  const std::string path = directory + "/lock";
  const std::string during = fmt::format("lock the state directory {}", directory);
  const auto failed = [&](FailureKind kind, std::string detail) {
    return std::unexpected(Failure{.kind = kind, .during = during, .detail = std::move(detail)});
  };
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return failed(FailureKind::local, std::system_category().message(errno) + what_to_do(errno));
  }
  StateLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return failed(FailureKind::local, std::system_category().message(errno));
    }
    return failed(FailureKind::refused,
                  fmt::format("{} uses it already; stop it first, or give this one a state "
                              "directory of its own",
                              holder(descriptor)));
  }
  const std::string text = fmt::format("{}\n", ::getpid());
  // Only for the sentence of a second process, which is poorer where the disk is full.
  [[maybe_unused]] const bool told =
      ::ftruncate(descriptor, 0) == 0 && ::pwrite(descriptor, text.data(), text.size(), 0) > 0;
  return lock;
}

}  // namespace rollout
