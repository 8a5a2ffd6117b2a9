// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/cloud.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/core/model/failure.h"
#include "daemon/emulator/cloud_parts.h"

namespace rollout {

Cloud::Cloud(CloudRules rules, std::function<Instant()> now, std::function<std::uint64_t()> random)
    : rules_(rules), now_(std::move(now)), random_(std::move(random)) {}

Instant Cloud::now() const {
  return now_() + ahead_;
}

void Cloud::advance(Millis by) {
  ahead_ += by;
  changed_.insert("clock");
}

void Cloud::reset() {
  for (const CloudRecord& record : snapshot()) changed_.insert(record.key);
  workers_.clear();
  assets_.clear();
  sessions_.clear();
  ahead_ = Millis(0);
}

CloudWorker* Cloud::find_worker(std::string_view worker) {
  return const_cast<CloudWorker*>(std::as_const(*this).find_worker(worker));
}

const CloudWorker* Cloud::find_worker(std::string_view worker) const {
  if (const auto found = workers_.find(worker); found != workers_.end()) return &found->second;
  const auto by_id = std::ranges::find_if(
      workers_, [worker](const auto& entry) { return entry.second.id == worker; });
  return by_id == workers_.end() ? nullptr : &by_id->second;
}

ApiResult<CloudWorker*> Cloud::need_worker(std::string_view worker) {
  if (CloudWorker* found = find_worker(worker)) return found;
  return refuse(ApiCode::worker_not_found, "This Worker does not exist on your account.");
}

ApiResult<const CloudWorker*> Cloud::need_worker(std::string_view worker) const {
  if (const CloudWorker* found = find_worker(worker)) return found;
  return refuse(ApiCode::worker_not_found, "This Worker does not exist on your account.");
}

ApiResult<const CloudWorker*> Cloud::need_script(std::string_view script) const {
  if (const auto found = workers_.find(script); found != workers_.end()) return &found->second;
  return refuse(ApiCode::worker_not_found, "This Worker does not exist on your account.");
}

ApiResult<CloudWorker*> Cloud::need_script(std::string_view script) {
  if (const auto found = workers_.find(script); found != workers_.end()) return &found->second;
  return refuse(ApiCode::worker_not_found, "This Worker does not exist on your account.");
}

void Cloud::changed(const CloudWorker& worker) {
  changed_.insert(worker_key(worker));
}

std::string Cloud::hex_id() {
  return fmt::format("{:016x}{:016x}", random_(), random_());
}

std::string Cloud::uuid() {
  // Version 4, variant 10 (RFC 9562): the other bits are random.
  const std::string hex = hex_id();
  return fmt::format("{}-{}-4{}-a{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(13, 3),
                     hex.substr(17, 3), hex.substr(20, 12));
}

}  // namespace rollout
