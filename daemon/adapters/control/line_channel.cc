// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/control/line_channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace rollout {

bool LineChannel::wait_for(short what, Tick deadline) {
  for (;;) {
    const Millis left = deadline - clock_.tick();
    timed_out_ = left <= Millis(0);
    if (timed_out_) return false;
    std::array<pollfd, 2> waits{pollfd{fd_, what, 0}, pollfd{bell_, POLLIN, 0}};
    const int ready = poll(waits.data(), waits.size(), static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) return false;
    if (waits[1].revents != 0) return false;
    if (ready > 0) return true;
  }
}

std::optional<std::string> LineChannel::read(Millis limit) {
  const Tick deadline = clock_.tick() + limit;
  std::array<char, 16384> piece{};
  std::size_t searched = 0;
  for (;;) {
    const auto end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    searched = buffer_.size();
    too_long_ = searched > longest_;
    if (too_long_ || !wait_for(POLLIN, deadline)) return std::nullopt;
    const ssize_t got = recv(fd_, piece.data(), piece.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) return std::nullopt;
    buffer_.append(piece.data(), static_cast<std::size_t>(got));
  }
}

bool LineChannel::write(std::string_view line, Millis limit) {
  const Tick deadline = clock_.tick() + limit;
  const std::string text = std::string(line) + "\n";
  std::size_t done = 0;
  while (done < text.size()) {
    if (!wait_for(POLLOUT, deadline)) return false;
    const ssize_t sent = send(fd_, text.data() + done, text.size() - done, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (sent > 0) done += static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace rollout
