// SPDX-License-Identifier: Apache-2.0
// One accepted connection, plain or TLS, as a stream of cpp-httplib. Included by `http_server.cc`
// alone: httplib.h is heavy.
#pragma once

#include <httplib.h>
#include <openssl/ssl.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace rollout {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

/// Owns the socket. The stream's calls belong to one thread; `drop` may come from any.
class Connection final : public httplib::Stream {
 public:
  Connection(int socket, SSL* ssl) : socket_(socket), ssl_(ssl) {}
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The TLS handshake, if there is one.
  bool accept();
  /// Waits for the next request; false at the end of the stream or of the time.
  bool wait_for_request(std::chrono::milliseconds time);
  /// No byte goes out any more, and the peer sees the end at once.
  void drop();
  bool dropped() const { return dropped_; }

  bool is_readable() const override { return !dropped_; }
  bool is_writable() const override { return !dropped_; }
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  /// The port is the socket's number, by which a handler finds its connection again.
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  ssize_t fill(char* to, size_t size);

  int socket_;
  std::unique_ptr<SSL, SslFree> ssl_;
  std::atomic<bool> dropped_ = false;
  std::array<char, 16384> buffer_{};  ///< httplib reads lines byte by byte.
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace rollout
