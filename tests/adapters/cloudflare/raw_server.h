// SPDX-License-Identifier: Apache-2.0
// A server that does exactly what a test says, byte by byte, over TCP or TLS.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

namespace rollout {

/// One accepted connection. Ends with the handler that has it.
class RawConnection {
 public:
  explicit RawConnection(int socket) : socket_(socket) {}
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// From here on it speaks TLS. False where the client does not shake hands.
  bool begin_tls(SSL_CTX* context);
  bool begin_tls(const std::string& cert, const std::string& key);

  /// A whole request, head and body; empty where the client is gone.
  std::string read_request();
  /// False where the client is gone.
  bool send(std::string_view bytes);
  /// Sends until the client is gone; how many bytes went out.
  std::uint64_t send_without_end(std::string_view bytes);
  /// Returns when the client has gone.
  void wait_for_the_end();

 private:
  bool receive(std::string& into);

  int socket_;
  SSL* tls_ = nullptr;
};

/// Serves one connection after the other on a free port of 127.0.0.1.
class RawServer {
 public:
  using Handler = std::function<void(RawConnection&)>;

  /// A certificate and its key (PEM files) make it a TLS server.
  explicit RawServer(Handler handler, const std::string& cert = "", const std::string& key = "");
  ~RawServer();

  int port() const { return port_; }
  int connections() const;

 private:
  void serve();
  void serve_one(int socket);

  Handler handler_;
  SSL_CTX* context_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  int connections_ = 0;
  int current_ = -1;
  bool over_ = false;
  std::thread thread_;
};

/// An answer with a JSON body and its length, and more header lines (each with its line end).
std::string json_answer(int status, std::string_view body, std::string_view headers = "");

/// Answers the n-th request with the n-th text, and the last one for ever; keeps what was asked.
class Script {
 public:
  explicit Script(std::vector<std::string> answers) : answers_(std::move(answers)) {}
  void operator()(RawConnection& connection);
  std::vector<std::string> requests() const;

 private:
  std::vector<std::string> answers_;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
};

}  // namespace rollout
