// SPDX-License-Identifier: Apache-2.0
#include "tests/support/emulator_server.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <random>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

constexpr const char* kToken = "emulator-token";

EmulatorSetup emulator_setup(const EmulatorServerSetup& setup) {
  EmulatorSetup made;
  made.rules = setup.rules;
  made.rate_limit = setup.rate_limit;
  made.access.token = kToken;
  made.access.read_token = setup.read_token;
  made.workers = setup.workers;
  // Clients compare `Date` with their own clock, so the time of day is the host's.
  made.now = [] { return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()); };
  made.random = std::mt19937_64(1);
  made.store = [](Cloud& cloud) -> std::expected<void, std::string> {
    cloud.changes_stored();
    return {};
  };
  return made;
}

template <class T>
T value_or_abort(std::expected<T, std::string> result) {
  ENSURE(result.has_value(), result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

Json parsed(std::string_view text) {
  return value_or_abort(parse_json(text));
}

}  // namespace

EmulatorServer::EmulatorServer(EmulatorServerSetup setup) : emulator_(emulator_setup(setup)) {
  value_or_abort(emulator_.add_workers());
  front_ = value_or_abort(Front::listen(emulator_, FrontAddress{}, setup.tls));
}

EmulatorServer::~EmulatorServer() = default;

void EmulatorServer::add_faults(std::string_view list) {
  emulator_.add_faults(value_or_abort(read_faults(parsed(list))));
}

void EmulatorServer::seed(std::string_view seed) {
  value_or_abort(emulator_.seed(parsed(seed)));
}

void EmulatorServer::advance(Millis by) {
  value_or_abort(emulator_.advance(by));
}

Json EmulatorServer::requests() {
  return emulator_.requests();
}

std::size_t EmulatorServer::count_requests(std::string_view method) {
  const Json all = requests();
  return static_cast<std::size_t>(std::ranges::count_if(
      all, [method](const Json& request) { return request["method"] == method; }));
}

}  // namespace rollout
