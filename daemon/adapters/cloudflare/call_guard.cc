// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/call_guard.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace rollout {
namespace {

/// How often a call in flight is looked at.
constexpr Millis kLook{10};

}  // namespace

CallGuard::CallGuard(Clock& clock) : clock_(clock), thread_([this] { watch(); }) {}

CallGuard::~CallGuard() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  woken_.notify_all();
  thread_.join();
  close_socket();
}

void CallGuard::begin(Tick deadline, Cancelling cancelling) {
  {
    const std::lock_guard lock(mutex_);
    active_ = true;
    body_begun_ = false;
    headers_done_ = false;
    cancelling_ = cancelling;
    deadline_ = deadline;
    cut_ = Cut::none;
    consumed_before_ = consumed();
  }
  woken_.notify_all();
}

bool CallGuard::adopt(int socket) {
  const std::lock_guard lock(mutex_);
  close_socket();
  socket_ = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  consumed_before_ = 0;
  // Without a duplicate the call could not be ended.
  return cut_ == Cut::none && socket_ >= 0;
}

bool CallGuard::body_begins() {
  const std::lock_guard lock(mutex_);
  if (cut_ != Cut::none) return false;
  body_begun_ = true;
  return true;
}

void CallGuard::headers_done() {
  const std::lock_guard lock(mutex_);
  headers_done_ = true;
}

CallGuard::Cut CallGuard::end() {
  const std::lock_guard lock(mutex_);
  active_ = false;
  return cut_;
}

void CallGuard::drop() {
  const std::lock_guard lock(mutex_);
  close_socket();
}

void CallGuard::cancel() {
  {
    const std::lock_guard lock(mutex_);
    if (!active_ || cut_ != Cut::none) return;
    if (cancelling_ == Cancelling::after_grace) {
      deadline_ = std::min(deadline_, clock_.tick() + kGrace);
    } else if (cancelling_ == Cancelling::at_once || !body_begun_) {
      cut_ = Cut::cancelled;
    }
  }
  woken_.notify_all();
}

std::optional<Tick> CallGuard::deadline() const {
  const std::lock_guard lock(mutex_);
  return active_ ? std::optional(deadline_) : std::nullopt;
}

void CallGuard::watch() {
  std::unique_lock lock(mutex_);
  while (!over_) {
    if (active_) {
      look();
      woken_.wait_for(lock, kLook);
    } else {
      woken_.wait(lock, [this] { return active_ || over_; });
    }
  }
}

void CallGuard::look() {
  if (cut_ == Cut::none && clock_.tick() >= deadline_) cut_ = Cut::deadline;
  if (cut_ == Cut::none && !headers_done_ && consumed() > consumed_before_ + kHeaderBytes) {
    cut_ = Cut::headers_too_large;
  }
  // Again at each look: a further address of the host may have been tried meanwhile.
  if (cut_ != Cut::none && socket_ >= 0) shutdown(socket_, SHUT_RDWR);
}

/// Bytes that were taken from the socket, at most. The kernel counts what arrived first, then what
/// still waits, so that waiting bytes are never counted as taken.
std::uint64_t CallGuard::consumed() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (socket_ < 0 || getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  int waiting = 0;
  if (ioctl(socket_, FIONREAD, &waiting) != 0) return 0;
  const auto unread = static_cast<std::uint64_t>(std::max(waiting, 0));
  return info.tcpi_bytes_received > unread ? info.tcpi_bytes_received - unread : 0;
}

void CallGuard::close_socket() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

}  // namespace rollout
