// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/status/status_server.h"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>

#include "daemon/adapters/status/bounded_stream.h"
#include "daemon/adapters/status/listen_address.h"
#include "daemon/codec/sha256.h"

namespace rollout {
namespace {

constexpr Millis kWholeExchange{2000};
constexpr mode_t kSocketMode = 0660;

/// Runs each request where it was accepted. One at a time bounds threads, memory and descriptors,
/// and every exchange is short.
class Inline final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> task) override { task(); }
  void shutdown() override {}
};

std::unexpected<Failure> failed(std::string detail) {
  Failure failure;
  failure.kind = FailureKind::local;
  failure.during = "listen for status requests";
  failure.detail = std::move(detail);
  return std::unexpected(std::move(failure));
}

/// A socket file that a dead process left behind is removed, a live one's is not.
Result<void> clear_the_way(const std::string& path) {
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode))
    return failed(fmt::format(
        "`service.listen` {}: it exists and is no socket: remove it, or choose another path",
        path));
  httplib::Client probe(path);
  probe.set_address_family(AF_UNIX);
  probe.set_connection_timeout(std::chrono::seconds(1));
  probe.set_default_headers({{"Host", "localhost"}});
  if (probe.Get("/healthz").error() != httplib::Error::Connection) {
    return failed(
        fmt::format("`service.listen` {}: another process serves it: choose another path", path));
  }
  unlink(path.c_str());
  return {};
}

void refuse(httplib::Response& response, int status, const char* why) {
  response.status = status;
  response.set_content(std::string(why) + "\n", "text/plain");
}

std::string cannot_listen(const ListenAddress& address, int error) {
  const std::string place =
      address.is_unix ? address.host : fmt::format("{}:{}", address.host, address.port);
  return fmt::format(
      "`service.listen` {}: {}{}", place, std::generic_category().message(error),
      error == EADDRINUSE ? "; another process listens there: choose another port" : "");
}

}  // namespace

class StatusServer::Front final : private httplib::Server {
 public:
  explicit Front(StatusServing serving) : serving_(std::move(serving)) {
    new_task_queue = [] { return new Inline; };
    // The library's own options would let another process share the port.
    set_socket_options([](socket_t fd) {
      constexpr int kYes = 1;
      setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &kYes, sizeof kYes);
    });
    set_default_headers({{"Cache-Control", "no-cache"}, {"X-Content-Type-Options", "nosniff"}});
    set_pre_routing_handler(&Front::guard);
    Get("/healthz", [this](const auto& /*request*/, auto& response) { health(response); });
    Get("/readyz", [this](const auto& request, auto& response) { ready(request, response); });
    Get("/metrics", [this](const auto& /*request*/, auto& response) { metrics(response); });
    Get("/api/v1/status", [this](const auto& request, auto& response) { show(request, response); });
  }

  ~Front() override {
    stopping_ = true;
    stop();
    if (thread_.joinable()) thread_.join();
    if (!path_.empty()) unlink(path_.c_str());
  }

  Result<void> listen(const ListenAddress& address) {
    if (address.is_unix) TRY(clear_the_way(address.host));
    if (address.is_unix) set_address_family(AF_UNIX);
    errno = 0;
    if (address.is_unix) {
      // A path has no port; 0 would make the library ask for the one it was given.
      constexpr int kNoPort = 1;
      port_ = bind_to_port(address.host, kNoPort) ? 0 : -1;
    } else if (address.port == 0) {
      port_ = bind_to_any_port(address.host);
    } else {
      port_ = bind_to_port(address.host, address.port) ? address.port : -1;
    }
    if (port_ < 0) {
      return failed(cannot_listen(address, errno));
    }
    if (address.is_unix) {
      path_ = address.host;
      if (chmod(path_.c_str(), kSocketMode) != 0) {
        return failed(fmt::format("{}: {}", path_, std::generic_category().message(errno)));
      }
    }
    thread_ = std::jthread([this] { listen_after_bind(); });
    while (!is_running()) std::this_thread::yield();
    return {};
  }

  int port() const { return port_; }

 private:
  // One request a connection: a client that keeps it open would keep the others waiting.
  bool process_and_close_socket(socket_t fd) override {
    BoundedStream stream(fd, serving_.clock.tick() + kWholeExchange, serving_.clock, stopping_);
    bool closed = false;
    const bool done = process_request(stream, true, closed, nullptr);
    shutdown(fd, SHUT_RDWR);
    close(fd);
    return done;
  }

  static HandlerResponse guard(const httplib::Request& request, httplib::Response& response) {
    if (request.method != "GET" && request.method != "HEAD") {
      response.set_header("Allow", "GET, HEAD");
      refuse(response, 405, "only GET and HEAD");
    } else if (request.has_header("Origin")) {
      refuse(response, 403, "not for browsers");
    } else if (request.get_header_value_count("Host") != 1 ||
               !is_own_host(request.get_header_value("Host"))) {
      refuse(response, 403, "the Host is not this one");
    } else {
      return HandlerResponse::Unhandled;
    }
    return HandlerResponse::Handled;
  }

  void text(httplib::Response& response, std::string body, const char* type) const {
    response.set_content(serving_.redactor.redact(std::move(body)), type);
  }

  void health(httplib::Response& response) const {
    const bool alive = serving_.alive();
    response.status = alive ? 200 : 503;
    text(response, alive ? "ok\n" : "a lane makes no progress\n", "text/plain");
  }

  void ready(const httplib::Request& request, httplib::Response& response) const {
    std::string lines;
    bool good = true;
    for (const Check& check : readiness(*serving_.board.read(), serving_.clock.tick())) {
      good = good && check.good;
      lines += fmt::format("[{}] {}: {}\n", check.good ? "+" : "-", check.name, check.detail);
    }
    response.status = good ? 200 : 503;
    if (!request.has_param("verbose")) lines.clear();
    text(response, lines + (good ? "ready\n" : "not ready\n"), "text/plain; charset=utf-8");
  }

  void metrics(httplib::Response& response) const {
    text(response, metrics_text(*serving_.board.read(), serving_.usage()),
         "text/plain; version=0.0.4; charset=utf-8");
  }

  void show(const httplib::Request& request, httplib::Response& response) const {
    const std::string body =
        serving_.redactor.redact(dump_json_pretty(status_to_json(*serving_.board.read())) + "\n");
    const std::string tag = fmt::format("\"{}\"", sha256(body).hex().substr(0, 32));
    response.set_header("ETag", tag);
    if (request.get_header_value("If-None-Match").contains(tag)) {
      response.status = 304;
    } else {
      response.set_content(body, "application/json");
    }
  }

  StatusServing serving_;
  int port_ = -1;
  std::string path_;
  std::atomic<bool> stopping_ = false;
  std::jthread thread_;
};

StatusServer::StatusServer(std::unique_ptr<Front> front) : front_(std::move(front)) {}
StatusServer::~StatusServer() = default;

int StatusServer::port() const {
  return front_->port();
}

Result<std::unique_ptr<StatusServer>> StatusServer::start(const std::string& listen,
                                                          StatusServing serving) {
  TRY_ASSIGN(const ListenAddress address, parse_listen(listen));
  auto front = std::make_unique<Front>(std::move(serving));
  TRY(front->listen(address));
  return std::unique_ptr<StatusServer>(new StatusServer(std::move(front)));
}

}  // namespace rollout
