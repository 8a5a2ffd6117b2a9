// SPDX-License-Identifier: Apache-2.0
// The whole local Versions API without its sockets: the cloud, who may call it, the faults, the log
// of requests and the control under /__emulator/.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/emulator/api.h"
#include "daemon/emulator/cloud.h"
#include "daemon/emulator/exchange.h"
#include "daemon/emulator/faults.h"
#include "daemon/emulator/rate_limit.h"
#include "daemon/emulator/request_log.h"

namespace rollout {

struct EmulatorSetup {
  CloudRules rules;
  RateLimitRule rate_limit;
  ApiAccess access;
  std::vector<std::string> workers;  ///< Made at start and after a reset.
  std::function<Instant()> now;
  std::function<std::uint64_t()> random;
  StoreChanges store;
};

/// Waits; false where the wait was cut short because the server stops.
using Wait = std::function<bool(Millis)>;

/// The cloud with its lock. Use it for one call: `emulator.cloud()->worker("shop")`.
class LockedCloud {
 public:
  LockedCloud(Cloud& cloud, std::mutex& mutex) : cloud_(cloud), lock_(mutex) {}
  Cloud* operator->() const { return &cloud_; }
  Cloud& operator*() const { return cloud_; }

 private:
  Cloud& cloud_;
  std::unique_lock<std::mutex> lock_;
};

/// Any thread may call.
class Emulator {
 public:
  explicit Emulator(EmulatorSetup setup);

  /// Makes the Workers of the setup that are not there yet. The error is a sentence.
  std::expected<void, std::string> add_workers();

  /// None: close the connection without an answer.
  std::optional<ApiAnswer> handle(const ApiRequest& request, const Wait& wait);

  LockedCloud cloud() { return {cloud_, mutex_}; }
  void add_faults(std::vector<Fault> faults);
  Json requests() const;
  /// Workers, versions, faults, requests and the clock as at the first start.
  std::expected<void, std::string> reset();
  std::expected<void, std::string> seed(const Json& seed);
  std::expected<Instant, std::string> advance(Millis by);
  const ApiAccess& access() const { return api_.access(); }

 private:
  std::optional<ApiAnswer> handle_api(const ApiRequest& request, const Wait& wait);
  ApiAnswer handle_control(const ApiRequest& request);
  std::expected<void, std::string> add_workers_locked();

  mutable std::mutex mutex_;
  Cloud cloud_;
  RateLimit limit_;
  FaultList faults_;
  RequestLog log_;
  std::vector<std::string> workers_;
  std::uint64_t rays_ = 0;
  StoreChanges store_;
  Api api_;
};

}  // namespace rollout
