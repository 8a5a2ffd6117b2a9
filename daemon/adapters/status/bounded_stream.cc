// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/status/bounded_stream.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace rollout {
namespace {

constexpr std::size_t kLargestRequest = std::size_t{16} * 1024;
constexpr Millis kSlice{50};  // How soon a stop is noticed.

}  // namespace

const short BoundedStream::kReadable = POLLIN;
const short BoundedStream::kWritable = POLLOUT;

bool BoundedStream::wait_for(short what) const {
  while (!stopping_) {
    const Millis left = deadline_ - clock_.tick();
    if (left <= Millis(0)) return false;
    pollfd wait{fd_, what, 0};
    const int ready = poll(&wait, 1, static_cast<int>(std::min(left, kSlice).count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
  return false;
}

ssize_t BoundedStream::read(char* bytes, std::size_t size) {
  if (taken_ >= kLargestRequest || !is_readable()) return -1;
  const ssize_t got = recv(fd_, bytes, std::min(size, kLargestRequest - taken_), 0);
  if (got > 0) taken_ += static_cast<std::size_t>(got);
  return got;
}

ssize_t BoundedStream::write(const char* bytes, std::size_t size) {
  if (!is_writable()) return -1;
  return send(fd_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// Nobody asks: the server is for this host only.
void BoundedStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void BoundedStream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace rollout
