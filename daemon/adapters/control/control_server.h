// SPDX-License-Identifier: Apache-2.0
// The operator's socket (formats.md): one line of JSON each way, answered by what the caller gives.
//
// Usual flow: the unit's RuntimeDirectory= has the socket; group `rolloutd` may connect; the kernel
// says who does; the answer is the handler's. A connection may ask several times, one after
// another.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/codec/json.h"
#include "daemon/codec/redactor.h"
#include "daemon/core/model/failure.h"
#include "daemon/core/model/instant.h"
#include "daemon/ports/clock.h"

namespace rollout {

struct ControlServing {
  std::string path;
  /// Answers one request of the named user. Called from several threads; may take long, but must
  /// return once the daemon stops.
  std::function<Json(const Json& request, const std::string& actor)> handle;
  std::function<std::string(unsigned uid)> user_name;
  const Redactor& redactor;  ///< Borrowed, as the clock.
  Clock& clock;
};

class ControlServer final {
 public:
  /// Replaces the socket file of a process that is gone; `local` where a live one answers there or
  /// the path cannot be had.
  static Result<std::unique_ptr<ControlServer>> start(ControlServing serving);
  ~ControlServer();  ///< Waits for handlers that run.
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  struct Client {
    int fd = -1;
    bool done = false;
    std::jthread thread;
  };
  ControlServer(ControlServing serving, int listener, int bell);
  void accept_all();
  void take(int fd);
  void turn_away(int fd);
  void serve(int fd);
  Json answer(const std::string& line, const std::string& actor);
  void forget_finished();

  ControlServing serving_;
  int listener_;
  int bell_;  ///< eventfd: readable, for ever, once the server stops.
  std::mutex mutex_;
  std::list<Client> clients_;
  std::jthread thread_;
};

}  // namespace rollout
