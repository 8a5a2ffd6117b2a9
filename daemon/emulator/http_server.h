// SPDX-License-Identifier: Apache-2.0
// cpp-httplib's server with what it lacks: it stops at once though clients keep connections open,
// a handler can close its connection without an answer, and slow calls never use up the threads.
// Included by `front.cc` alone: httplib.h is heavy.
#pragma once

#include <httplib.h>
#include <openssl/ssl.h>

#include <condition_variable>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "daemon/emulator/connection.h"

namespace rollout {

struct SslContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslContextFree>;

/// TLS 1.2 or newer with a certificate chain and its key, both PEM. The error is a sentence.
std::expected<SslContext, std::string> make_ssl_context(const std::string& certificate,
                                                        const std::string& key);

class HttpServer final : public httplib::Server {
 public:
  /// Null: plain HTTP.
  explicit HttpServer(SslContext tls);

  /// Ends all connections, answered or not, and makes `listen_after_bind` return.
  void stop_now();
  /// Closes the connection of a request that is being handled, without an answer.
  void drop(const httplib::Request& request);
  /// Waits unless the server stops meanwhile: then false.
  bool wait(std::chrono::milliseconds time);

 private:
  bool process_and_close_socket(socket_t socket) override;
  bool serve(Connection& connection);

  SslContext tls_;
  std::mutex mutex_;
  std::condition_variable stopping_changed_;
  bool stopping_ = false;
  std::map<int, Connection*> connections_;  ///< By socket.
};

}  // namespace rollout
