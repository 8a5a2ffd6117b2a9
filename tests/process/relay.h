// SPDX-License-Identifier: Apache-2.0
// Stands between a client and a local server over plain HTTP, and holds up a POST in the middle of
// its body until it is let go.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <string>
#include <thread>

namespace rollout {

class Relay final {
 public:
  /// `to` as in `http://127.0.0.1:43210`.
  explicit Relay(const std::string& to);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  std::string origin() const;
  /// A part of a body has passed, and the rest is held up.
  bool holds() const { return holds_; }
  void let_go() { open_ = true; }

 private:
  struct Connection {
    int client = -1, server = -1;
    std::size_t passed = 0;  ///< From the client.
    bool posts = false;
  };

  void run(const std::stop_token& stop);
  void accept_one();
  bool held_up(const Connection& connection) const;
  /// False where the connection has ended.
  bool pass_on(int from, int to, Connection& connection);

  int server_port_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> holds_{false}, open_{false};
  std::list<Connection> connections_;  ///< Of the thread alone.
  std::jthread thread_;                ///< Last: it uses all of the above.
};

}  // namespace rollout
