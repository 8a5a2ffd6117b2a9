// SPDX-License-Identifier: Apache-2.0
// A local Versions API inside the test: started on a free port, stopped when it goes.
//
// Usual flow: `EmulatorServer server;`, point the client at `base_url()` with `token()` and
// `account()`, then look with `server.cloud()->...` or `server.requests()`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/codec/json.h"
#include "daemon/core/model/instant.h"
#include "daemon/emulator/cloud_types.h"
#include "daemon/emulator/emulator.h"
#include "daemon/emulator/front.h"
#include "daemon/emulator/rate_limit.h"

namespace rollout {

struct EmulatorServerSetup {
  std::vector<std::string> workers = {"shop"};
  CloudRules rules = {};
  RateLimitRule rate_limit = {};
  std::optional<std::string> read_token = std::nullopt;
  std::optional<TlsFiles> tls = std::nullopt;
};

class EmulatorServer {
 public:
  explicit EmulatorServer(EmulatorServerSetup setup = {});
  ~EmulatorServer();

  /// Ends every connection, answered or not. Nothing is served after it.
  void stop() { front_.reset(); }

  /// `http://127.0.0.1:43210/client/v4`.
  std::string base_url() const { return front_->origin() + "/client/v4"; }
  /// `http://127.0.0.1:43210`, for the control under /__emulator/.
  std::string origin() const { return front_->origin(); }
  int port() const { return front_->port(); }
  std::string token() const { return "emulator-token"; }
  std::string account() const { return emulator_.access().account; }

  /// The cloud under its lock, for one call: `server.cloud()->version("shop", "latest")`. Do not
  /// keep it while a client calls.
  LockedCloud cloud() { return emulator_.cloud(); }
  Emulator& emulator() { return emulator_; }

  /// JSON as `POST /__emulator/faults` takes it; a test fails here if it is wrong.
  void add_faults(std::string_view list);
  /// JSON as `POST /__emulator/seed` takes it.
  void seed(std::string_view seed);
  void advance(Millis by);
  /// What was asked so far, oldest first: `{method, path, query, status, body}`.
  Json requests();
  std::size_t count_requests(std::string_view method);

 private:
  Emulator emulator_;
  std::unique_ptr<Front> front_;
};

}  // namespace rollout
