// SPDX-License-Identifier: Apache-2.0
// The emulator's sockets: HTTP or HTTPS on one address.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "daemon/emulator/emulator.h"

namespace rollout {

class HttpServer;

struct TlsFiles {
  std::string certificate;  ///< PEM; the whole chain.
  std::string key;
};

struct FrontAddress {
  std::string host = "127.0.0.1";
  int port = 0;  ///< 0: any free one.
};

/// Serves from its construction to its destruction, in threads of its own.
class Front {
 public:
  /// The error is a sentence.
  static std::expected<std::unique_ptr<Front>, std::string> listen(
      Emulator& emulator, const FrontAddress& address, const std::optional<TlsFiles>& tls);
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  int port() const { return port_; }
  /// `http://127.0.0.1:8787`.
  std::string origin() const;

 private:
  Front(std::unique_ptr<HttpServer> server, std::string origin, int port);

  std::unique_ptr<HttpServer> server_;
  std::string origin_;
  int port_;
  std::thread thread_;
};

}  // namespace rollout
