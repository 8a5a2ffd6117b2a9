// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/cloudflare/raw_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

std::size_t content_length(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  const auto at = head.find(kName);
  std::size_t length = 0;
  if (at != std::string_view::npos) {
    const char* begin = head.data() + at + kName.size();
    std::from_chars(begin, head.data() + head.size(), length);
  }
  return length;
}

SSL_CTX* server_context(const std::string& cert, const std::string& key) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  ENSURE(SSL_CTX_use_certificate_file(context, cert.c_str(), SSL_FILETYPE_PEM) == 1 &&
             SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1,
         "the test's certificate must load");
  return context;
}

}  // namespace

RawConnection::~RawConnection() {
  if (tls_ == nullptr) return;
  if (SSL_is_init_finished(tls_) == 1) SSL_shutdown(tls_);
  SSL_free(tls_);
}

bool RawConnection::begin_tls(SSL_CTX* context) {
  tls_ = SSL_new(context);
  SSL_set_fd(tls_, socket_);
  return SSL_accept(tls_) == 1;
}

bool RawConnection::begin_tls(const std::string& cert, const std::string& key) {
  SSL_CTX* context = server_context(cert, key);
  const bool begun = begin_tls(context);
  SSL_CTX_free(context);  // The connection holds it.
  return begun;
}

bool RawConnection::receive(std::string& into) {
  char buffer[65536];
  const auto got = tls_ != nullptr ? SSL_read(tls_, buffer, sizeof buffer)
                                   : recv(socket_, buffer, sizeof buffer, 0);
  if (got > 0) into.append(buffer, static_cast<std::size_t>(got));
  return got > 0;
}

std::string RawConnection::read_request() {
  std::string text;
  std::size_t head = std::string::npos;
  while ((head = text.find("\r\n\r\n")) == std::string::npos) {
    if (!receive(text)) return "";
  }
  const std::size_t whole = head + 4 + content_length(std::string_view(text).substr(0, head));
  while (text.size() < whole) {
    if (!receive(text)) break;
  }
  return text;
}

bool RawConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = tls_ != nullptr
                          ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                          : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::uint64_t RawConnection::send_without_end(std::string_view bytes) {
  std::uint64_t sent = 0;
  while (send(bytes)) sent += bytes.size();
  return sent;
}

void RawConnection::wait_for_the_end() {
  std::string ignored;
  while (receive(ignored)) ignored.clear();
}

RawServer::RawServer(Handler handler, const std::string& cert, const std::string& key)
    : handler_(std::move(handler)) {
  if (!cert.empty()) context_ = server_context(cert, key);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ENSURE(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
             listen(listener_, 16) == 0 &&
             getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0,
         "a free port must be there");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    if (current_ >= 0) shutdown(current_, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
  SSL_CTX_free(context_);
}

int RawServer::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

void RawServer::serve() {
  for (;;) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    {
      const std::lock_guard lock(mutex_);
      if (socket >= 0) ++connections_;
      current_ = over_ ? -1 : socket;
    }
    if (socket < 0) return;
    serve_one(socket);
    const std::lock_guard lock(mutex_);
    current_ = -1;
    close(socket);
    if (over_) return;
  }
}

void RawServer::serve_one(int socket) {
  {
    const std::lock_guard lock(mutex_);
    if (over_) return;
  }
  RawConnection connection(socket);
  if (context_ != nullptr && !connection.begin_tls(context_)) return;
  handler_(connection);
}

std::string json_answer(int status, std::string_view body, std::string_view headers) {
  return fmt::format(
      "HTTP/1.1 {} X\r\nContent-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{}", status,
      headers, body.size(), body);
}

void Script::operator()(RawConnection& connection) {
  for (;;) {
    std::string request = connection.read_request();
    if (request.empty()) return;
    std::string answer;
    {
      const std::lock_guard lock(mutex_);
      answer = answers_[std::min(requests_.size(), answers_.size() - 1)];
      requests_.push_back(std::move(request));
    }
    if (!connection.send(answer)) return;
  }
}

std::vector<std::string> Script::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

}  // namespace rollout
