// SPDX-License-Identifier: Apache-2.0
// Read-only HTTP for monitors: /healthz, /readyz, /metrics, /api/v1/status. Nothing here can change
// anything; writes go over the control socket.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/adapters/status/status_board.h"
#include "daemon/adapters/status/status_text.h"
#include "daemon/codec/redactor.h"
#include "daemon/core/model/failure.h"
#include "daemon/ports/clock.h"

namespace rollout {

/// Everything is borrowed and called from the server's own thread.
struct StatusServing {
  const StatusBoard& board;
  Clock& clock;
  const Redactor& redactor;
  std::function<bool()> alive;                   ///< The lanes have moved within their deadlines.
  std::function<std::vector<ApiUsage>()> usage;  ///< Of the API clients.
};

class StatusServer final {
 public:
  /// `listen` is `host:port` on loopback (port 0: any) or the absolute path of a socket, which gets
  /// mode 0660. `invalid` for another address, `local` where it cannot be had.
  static Result<std::unique_ptr<StatusServer>> start(const std::string& listen,
                                                     StatusServing serving);
  ~StatusServer();  ///< Ends within a second, whatever clients do.
  StatusServer(const StatusServer&) = delete;
  StatusServer& operator=(const StatusServer&) = delete;

  int port() const;  ///< 0 on a Unix socket.

 private:
  class Front;
  explicit StatusServer(std::unique_ptr<Front> front);
  std::unique_ptr<Front> front_;
};

}  // namespace rollout
