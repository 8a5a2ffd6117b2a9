// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/faults.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "daemon/core/model/failure.h"
#include "daemon/emulator/api.h"

namespace rollout {
namespace {

constexpr std::string_view kKeys[] = {"method", "path",  "when", "status", "headers",
                                      "body",   "delay", "drop", "times"};

std::expected<void, std::string> read_answer(const Json& entry, Fault& fault) {
  TRY_ASSIGN(const auto status, integer_member(entry, "status"));
  TRY_ASSIGN(const auto body, string_member(entry, "body"));
  const Json* headers = find_member(entry, "headers");
  if (!status) {
    if (headers || body) return std::unexpected("`headers` and `body` need a `status`");
    return {};
  }
  if (*status < 200 || *status > 599) return std::unexpected("`status` is not from 200 to 599");
  ApiAnswer answer = error_answer({static_cast<int>(*status), 10013,
                                   "An unknown error has occurred (a fault on purpose).", ""});
  if (body) answer.body = *body;
  if (headers && !headers->is_object()) return std::unexpected("`headers` is not an object");
  if (headers && headers->contains("Content-Type")) answer.headers.clear();
  const Json given = headers ? *headers : Json::object();
  for (const auto& [name, value] : given.items()) {
    if (!value.is_string())
      return std::unexpected(fmt::format("header `{}` is not a string", name));
    answer.headers.emplace(name, value.get<std::string>());
  }
  fault.answer = std::move(answer);
  return {};
}

std::expected<Fault, std::string> read_fault(const Json& entry) {
  if (!entry.is_object()) return std::unexpected("it is not an object");
  for (const auto& [key, value] : entry.items()) {
    if (std::ranges::find(kKeys, key) == std::end(kKeys)) {
      return std::unexpected(fmt::format("unknown key `{}`", key));
    }
  }
  Fault fault;
  TRY_ASSIGN(const auto method, string_member(entry, "method"));
  TRY_ASSIGN(const auto path, string_member(entry, "path"));
  TRY_ASSIGN(const auto when, string_member(entry, "when"));
  TRY_ASSIGN(const auto delay, string_member(entry, "delay"));
  TRY_ASSIGN(const auto drop, bool_member(entry, "drop"));
  TRY_ASSIGN(const auto times, integer_member(entry, "times"));
  fault.method = method.value_or("");
  fault.path = path.value_or("*");
  if (when && *when != "before" && *when != "after") {
    return std::unexpected("`when` is neither before nor after");
  }
  fault.when = when == "after" ? FaultWhen::after : FaultWhen::before;
  if (delay) {
    const auto span = parse_span(*delay);
    if (!span) return std::unexpected("`delay` is no duration such as 2s or 500ms");
    fault.delay = *span;
  }
  fault.drop = drop.value_or(false);
  fault.times = times.value_or(1);
  if (fault.times < 1) return std::unexpected("`times` must be at least 1");
  TRY(read_answer(entry, fault));
  if (fault.drop && fault.answer) return std::unexpected("`drop` and `status` exclude each other");
  return fault;
}

}  // namespace

void FaultList::add(std::vector<Fault> faults) {
  std::ranges::move(faults, std::back_inserter(faults_));
}

std::optional<Fault> FaultList::take(const ApiRequest& request) {
  const auto fits = [&request](const Fault& fault) {
    return (fault.method.empty() || fault.method == request.method) &&
           fnmatch(fault.path.c_str(), request.path.c_str(), 0) == 0;
  };
  const auto found = std::ranges::find_if(faults_, fits);
  if (found == faults_.end()) return std::nullopt;
  Fault fault = *found;
  if (--found->times == 0) faults_.erase(found);
  return fault;
}

std::expected<std::vector<Fault>, std::string> read_faults(const Json& list) {
  if (!list.is_array()) return std::unexpected("faults are a list");
  std::vector<Fault> faults;
  for (const Json& entry : list) {
    auto fault = read_fault(entry);
    if (!fault) {
      return std::unexpected(fmt::format("fault {}: {}", faults.size(), fault.error()));
    }
    faults.push_back(std::move(*fault));
  }
  return faults;
}

std::optional<Millis> parse_span(std::string_view text) {
  struct Unit {
    std::string_view name;
    Millis length;
  };
  using namespace std::chrono_literals;
  static constexpr Unit kUnits[] = {{"ms", 1ms}, {"s", 1s},  {"min", 1min},
                                    {"h", 1h},   {"d", 24h}, {"w", 168h}};
  std::int64_t count = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count < 0 || count > 1'000'000'000) return std::nullopt;
  const std::string_view name(stop, text.data() + text.size());
  const auto* unit = std::ranges::find(kUnits, name, &Unit::name);
  if (unit == std::end(kUnits)) return std::nullopt;
  return count * unit->length;
}

}  // namespace rollout
