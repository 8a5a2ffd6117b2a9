// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/connection.h"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace rollout {

Connection::~Connection() {
  if (ssl_ && !dropped_) SSL_shutdown(ssl_.get());
  ssl_.reset();
  ::shutdown(socket_, SHUT_RDWR);
  ::close(socket_);
}

bool Connection::accept() {
  if (!ssl_) return true;
  if (SSL_set_fd(ssl_.get(), socket_) == 1 && SSL_accept(ssl_.get()) == 1) return true;
  ERR_clear_error();
  dropped_ = true;  // There is no session to say goodbye to.
  return false;
}

bool Connection::wait_for_request(std::chrono::milliseconds time) {
  if (dropped_) return false;
  if (begin_ < end_ || (ssl_ && SSL_pending(ssl_.get()) > 0)) return true;
  pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, static_cast<int>(time.count())) > 0 && !dropped_;
}

void Connection::drop() {
  dropped_ = true;
  ::shutdown(socket_, SHUT_RDWR);
}

ssize_t Connection::read(char* to, size_t size) {
  if (begin_ == end_) {
    if (size >= buffer_.size()) return fill(to, size);
    const ssize_t got = fill(buffer_.data(), buffer_.size());
    if (got <= 0) return got;
    begin_ = 0;
    end_ = static_cast<std::size_t>(got);
  }
  const std::size_t count = std::min(size, end_ - begin_);
  std::memcpy(to, buffer_.data() + begin_, count);
  begin_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t Connection::fill(char* to, size_t size) {
  if (dropped_) return -1;
  if (!ssl_) return ::recv(socket_, to, size, 0);
  const int most = std::numeric_limits<int>::max();
  const int got =
      SSL_read(ssl_.get(), to, static_cast<int>(std::min<size_t>(size, static_cast<size_t>(most))));
  if (got <= 0) ERR_clear_error();
  return got;
}

ssize_t Connection::write(const char* from, size_t size) {
  if (dropped_ || size == 0) return -1;
  if (!ssl_) return ::send(socket_, from, size, MSG_NOSIGNAL);
  const int most = std::numeric_limits<int>::max();
  const int put = SSL_write(ssl_.get(), from,
                            static_cast<int>(std::min<size_t>(size, static_cast<size_t>(most))));
  if (put > 0) return put;
  ERR_clear_error();
  return -1;
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = "peer";
  port = socket_;
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip = "local";
  port = 0;
}

}  // namespace rollout
