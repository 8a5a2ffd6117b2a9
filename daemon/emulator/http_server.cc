// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/http_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <list>
#include <thread>

namespace rollout {
namespace {

constexpr std::chrono::seconds kKeepAlive{30};
constexpr std::size_t kRequestsPerConnection = 1000;
constexpr std::chrono::seconds kSocketTimeout{30};

/// One thread a connection, so that neither an idle client nor a delayed answer blocks another.
class ThreadPerConnection final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> task) override {
    join_finished();
    auto& entry = threads_.emplace_back();
    entry.thread = std::thread([task = std::move(task), &entry] {
      task();
      entry.finished = true;
    });
  }
  void shutdown() override {
    for (Entry& entry : threads_) entry.thread.join();
    threads_.clear();
  }

 private:
  struct Entry {
    std::thread thread;
    std::atomic<bool> finished = false;
  };
  void join_finished() {
    std::erase_if(threads_, [](Entry& entry) {
      if (!entry.finished) return false;
      entry.thread.join();
      return true;
    });
  }
  std::list<Entry> threads_;
};

std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  return reason == nullptr ? "the file cannot be read" : reason;
}

}  // namespace

std::expected<SslContext, std::string> make_ssl_context(const std::string& certificate,
                                                        const std::string& key) {
  SslContext context(SSL_CTX_new(TLS_server_method()));
  if (!context) return std::unexpected("TLS cannot be set up: " + openssl_reason());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_AUTO_RETRY);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
    return std::unexpected(
        fmt::format("the certificate {} cannot be used: {}", certificate, openssl_reason()));
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return std::unexpected(fmt::format("the key {} cannot be used: {}", key, openssl_reason()));
  }
  return context;
}

HttpServer::HttpServer(SslContext tls) : tls_(std::move(tls)) {
  new_task_queue = [] { return new ThreadPerConnection; };
  set_keep_alive_max_count(kRequestsPerConnection);
  set_keep_alive_timeout(kKeepAlive.count());
  set_read_timeout(kSocketTimeout);
  set_write_timeout(kSocketTimeout);
  set_tcp_nodelay(true);
  // httplib's own default is SO_REUSEPORT, which lets two servers share a port without an error.
  set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  });
}

void HttpServer::stop_now() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    for (const auto& [socket, connection] : connections_) connection->drop();
  }
  stopping_changed_.notify_all();
  while (!is_running()) std::this_thread::yield();  // `stop` before that does nothing.
  stop();
}

void HttpServer::drop(const httplib::Request& request) {
  const std::scoped_lock lock(mutex_);
  connections_.at(request.remote_port)->drop();
}

bool HttpServer::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !stopping_changed_.wait_for(lock, time, [this] { return stopping_; });
}

bool HttpServer::process_and_close_socket(socket_t socket) {
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  Connection connection(socket, tls_ ? SSL_new(tls_.get()) : nullptr);
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return false;
    connections_.emplace(socket, &connection);
  }
  const bool served = connection.accept() && serve(connection);
  const std::scoped_lock lock(mutex_);
  connections_.erase(socket);
  return served;
}

bool HttpServer::serve(Connection& connection) {
  for (std::size_t left = kRequestsPerConnection; left > 0; --left) {
    if (!connection.wait_for_request(kKeepAlive)) return true;
    bool closed = false;
    if (!process_request(connection, left == 1, closed, nullptr)) return false;
    if (closed || connection.dropped()) return true;
  }
  return true;
}

}  // namespace rollout
