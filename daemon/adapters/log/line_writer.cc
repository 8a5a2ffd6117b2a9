// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/log/line_writer.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

namespace rollout {

LineWriter::LineWriter(int fd) : fd_(fd), kind_(Kind::other) {
  struct stat status{};
  if (fstat(fd, &status) != 0) return;
  if (S_ISFIFO(status.st_mode)) kind_ = Kind::pipe;
  if (S_ISSOCK(status.st_mode)) kind_ = Kind::socket;
}

std::size_t LineWriter::offer(std::string_view bytes) {
  // A terminal that was stopped and a full pipe say so here; files never do.
  pollfd wait{fd_, POLLOUT, 0};
  if (poll(&wait, 1, 0) != 1 || (wait.revents & POLLOUT) == 0) return 0;
  ssize_t taken = -1;
  if (kind_ == Kind::socket) {
    taken = send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  } else if (kind_ == Kind::pipe) {
    // A pipe with room for some of the line would make a plain write wait for the rest.
    iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    taken = pwritev2(fd_, &piece, 1, -1, RWF_NOWAIT);
  } else {
    taken = ::write(fd_, bytes.data(), bytes.size());
  }
  return taken < 0 ? 0 : static_cast<std::size_t>(taken);
}

bool LineWriter::write(std::string_view line) {
  if (!rest_.empty()) {
    rest_.erase(0, offer(rest_));
    if (!rest_.empty()) return false;
  }
  const std::size_t taken = offer(line);
  if (taken == 0) return false;
  rest_ = line.substr(taken);
  return true;
}

}  // namespace rollout
