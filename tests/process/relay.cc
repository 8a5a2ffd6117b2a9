// SPDX-License-Identifier: Apache-2.0
#include "tests/process/relay.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

/// So much of a request passes: its head and the beginning of its body.
constexpr std::size_t kPasses = 64 * 1024;
constexpr int kBeat = 20;  // Milliseconds.

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int new_socket() {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ENSURE(made >= 0, "a socket must be had");
  return made;
}

const sockaddr* plain(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

bool send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

Relay::Relay(const std::string& to)
    : server_port_(std::stoi(to.substr(to.rfind(':') + 1))), listener_(new_socket()) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  ENSURE(::bind(listener_, plain(address), size) == 0 && ::listen(listener_, 16) == 0 &&
             ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0,
         "a port must be had");
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Relay::~Relay() {
  thread_.request_stop();
  thread_.join();
  ::close(listener_);
  for (const Connection& connection : connections_) {
    ::close(connection.client);
    ::close(connection.server);
  }
}

std::string Relay::origin() const {
  return fmt::format("http://127.0.0.1:{}", port_);
}

void Relay::accept_one() {
  Connection connection;
  connection.client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (connection.client < 0) return;
  connection.server = new_socket();
  const sockaddr_in address = loopback(server_port_);
  ENSURE(::connect(connection.server, plain(address), sizeof(address)) == 0,
         "the server must be there");
  connections_.push_back(connection);
}

bool Relay::held_up(const Connection& connection) const {
  return !open_ && connection.posts && connection.passed >= kPasses;
}

bool Relay::pass_on(int from, int to, Connection& connection) {
  std::array<char, 16 * 1024> bytes{};
  const ssize_t size = ::recv(from, bytes.data(), bytes.size(), 0);
  if (size <= 0) return false;
  const std::string_view text(bytes.data(), static_cast<std::size_t>(size));
  if (from == connection.client) {
    if (connection.passed == 0) connection.posts = text.starts_with("POST ");
    connection.passed += text.size();
  }
  return send_all(to, text);
}

void Relay::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::vector<pollfd> waits = {{listener_, POLLIN, 0}};
    for (const Connection& connection : connections_) {
      // A negative descriptor is not looked at.
      waits.push_back({held_up(connection) ? -1 : connection.client, POLLIN, 0});
      waits.push_back({connection.server, POLLIN, 0});
      if (held_up(connection)) holds_ = true;
    }
    if (::poll(waits.data(), waits.size(), kBeat) <= 0) continue;
    std::size_t at = 1;
    for (auto it = connections_.begin(); it != connections_.end(); at += 2) {
      Connection& c = *it;
      const bool lives = (waits[at].revents == 0 || pass_on(c.client, c.server, c)) &&
                         (waits[at + 1].revents == 0 || pass_on(c.server, c.client, c));
      const auto next = std::next(it);
      if (!lives) {
        ::close(c.client);
        ::close(c.server);
        connections_.erase(it);
      }
      it = next;
    }
    if (waits[0].revents != 0) accept_one();
  }
}

}  // namespace rollout
