// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/emulator.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

constexpr std::string_view kControl = "/__emulator/";

ApiAnswer control_answer(int status, const Json& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = dump_json(body) + "\n"};
}

ApiAnswer control_error(int status, const std::string& sentence) {
  return control_answer(status, {{"error", sentence}});
}

}  // namespace

Emulator::Emulator(EmulatorSetup setup)
    : cloud_(setup.rules, std::move(setup.now), std::move(setup.random)),
      limit_(setup.rate_limit),
      workers_(std::move(setup.workers)),
      store_(std::move(setup.store)),
      api_(cloud_, limit_, mutex_, std::move(setup.access), store_) {}

std::expected<void, std::string> Emulator::add_workers() {
  const std::scoped_lock lock(mutex_);
  return add_workers_locked();
}

std::expected<void, std::string> Emulator::add_workers_locked() {
  for (const std::string& name : workers_) {
    if (cloud_.worker(name)) continue;
    if (auto made = cloud_.create_worker(Json{{"name", name}}); !made) {
      return std::unexpected(fmt::format("Worker `{}`: {}", name, made.error().message));
    }
  }
  return store_(cloud_);
}

std::optional<ApiAnswer> Emulator::handle(const ApiRequest& request, const Wait& wait) {
  if (request.path.starts_with(kControl)) return handle_control(request);
  auto answer = handle_api(request, wait);
  const std::scoped_lock lock(mutex_);
  log_.add(request, answer ? answer->status : 0);
  if (answer) {
    answer->headers.emplace("Date", format_http_date(cloud_.now()));
    answer->headers.emplace("cf-ray", fmt::format("{:016x}-EMU", ++rays_));
  }
  return answer;
}

std::optional<ApiAnswer> Emulator::handle_api(const ApiRequest& request, const Wait& wait) {
  const auto fault = [&] {
    const std::scoped_lock lock(mutex_);
    return faults_.take(request);
  }();
  if (!fault) return api_.answer(request);
  std::optional<ApiAnswer> answer;
  if (fault->when == FaultWhen::after) answer = api_.answer(request);
  if (!wait(fault->delay) || fault->drop) return std::nullopt;
  if (fault->answer) return fault->answer;
  return answer ? answer : api_.answer(request);
}

ApiAnswer Emulator::handle_control(const ApiRequest& request) {
  const std::string operation = request.path.substr(kControl.size());
  if (request.method == "GET" && operation == "requests") {
    return control_answer(200, {{"requests", requests()}});
  }
  if (request.method == "GET" && operation == "assets") {
    const std::scoped_lock lock(mutex_);
    return control_answer(200, cloud_.assets());
  }
  if (request.method != "POST") return control_error(404, "there is no such control");
  if (operation == "reset") {
    if (auto done = reset(); !done) return control_error(500, done.error());
    return control_answer(200, Json::object());
  }
  const auto body = parse_json(request.body);
  if (!body) return control_error(400, fmt::format("the body is {}", body.error()));
  if (operation == "faults") {
    auto faults = read_faults(*body);
    if (!faults) return control_error(400, faults.error());
    add_faults(std::move(*faults));
    return control_answer(200, Json::object());
  }
  if (operation == "seed") {
    if (auto done = seed(*body); !done) return control_error(400, done.error());
    return control_answer(200, Json::object());
  }
  if (operation == "clock") {
    const auto text = string_member(*body, "advance");
    const auto by = text && *text ? parse_span(**text) : std::nullopt;
    if (!by) return control_error(400, "`advance` must be a duration such as 30d or 90min");
    const auto now = advance(*by);
    if (!now) return control_error(500, now.error());
    return control_answer(200, {{"now", format_rfc3339(*now)}});
  }
  return control_error(404, "there is no such control");
}

void Emulator::add_faults(std::vector<Fault> faults) {
  const std::scoped_lock lock(mutex_);
  faults_.add(std::move(faults));
}

Json Emulator::requests() const {
  const std::scoped_lock lock(mutex_);
  return log_.entries();
}

std::expected<void, std::string> Emulator::reset() {
  const std::scoped_lock lock(mutex_);
  cloud_.reset();
  limit_.reset();
  faults_.clear();
  log_.clear();
  return add_workers_locked();
}

std::expected<void, std::string> Emulator::seed(const Json& seed) {
  const std::scoped_lock lock(mutex_);
  TRY(cloud_.seed(seed));
  return store_(cloud_);
}

std::expected<Instant, std::string> Emulator::advance(Millis by) {
  const std::scoped_lock lock(mutex_);
  cloud_.advance(by);
  TRY(store_(cloud_));
  return cloud_.now();
}

}  // namespace rollout
