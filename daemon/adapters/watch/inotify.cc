// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/watch/inotify.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

namespace rollout {
namespace {

/// Not IN_MODIFY: one event for each write() would tell nothing that the end of writing does not,
/// and what is missed by it (a mapping that stays open) IN_MODIFY misses as well.
constexpr std::uint32_t kMask = IN_CREATE | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM |
                                IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |
                                IN_EXCL_UNLINK;

/// What one read takes at about the most, so that a storm cannot keep it for ever.
constexpr std::size_t kBatch = 20000;

}  // namespace

Inotify::Inotify()
    : descriptor_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), error_(descriptor_ < 0 ? errno : 0) {}

Inotify::~Inotify() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Inotify::Inotify(Inotify&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), error_(other.error_) {}

Inotify& Inotify::operator=(Inotify&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(error_, other.error_);
  return *this;
}

std::expected<int, int> Inotify::add(const std::string& directory, Links links) {
  if (descriptor_ < 0) return std::unexpected(error_);
  const std::uint32_t mask = kMask | (links == Links::refuse ? IN_DONT_FOLLOW : 0U);
  const int watch = ::inotify_add_watch(descriptor_, directory.c_str(), mask);
  if (watch < 0) return std::unexpected(errno);
  return watch;
}

void Inotify::remove(int watch) {
  // It fails where the kernel has dropped the watch already, which is as good.
  static_cast<void>(::inotify_rm_watch(descriptor_, watch));
}

std::vector<InotifyEvent> Inotify::read() {
  std::vector<InotifyEvent> events;
  alignas(inotify_event) std::array<char, 64 * 1024> buffer;
  while (events.size() < kBatch) {
    const ssize_t got = ::read(descriptor_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof(event));
      const char* name = event.len > 0 ? buffer.data() + at + sizeof(event) : "";
      events.push_back({event.wd, event.mask, name});
      at += sizeof(event) + event.len;
    }
  }
  return events;
}

}  // namespace rollout
