// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/request_log.h"

#include <nlohmann/json.hpp>

#include "daemon/codec/sha256.h"

namespace rollout {
namespace {

constexpr std::size_t kMaxEntries = 10'000;
constexpr std::size_t kMaxShown = std::size_t{64} << 10;
constexpr const char* kHidden = "(hidden)";

void hide_secrets(Json& value) {
  if (value.is_object()) {
    const bool secret = value.contains("type") && value["type"] == "secret_text";
    for (auto& [name, member] : value.items()) {
      const bool hidden = (secret && name == "text") || name == "key_base64" || name == "key_jwk" ||
                          name == "jwt" || name == "token";
      if (hidden) {
        member = kHidden;
      } else {
        hide_secrets(member);
      }
    }
  } else if (value.is_array()) {
    for (Json& item : value) hide_secrets(item);
  }
}

}  // namespace

Json body_for_log(const ApiRequest& request) {
  if (request.body_bytes == 0) return nullptr;
  Json summary = {{"size", request.body_bytes}};
  if (request.body_bytes == request.body.size()) summary["sha256"] = sha256(request.body).hex();
  if (request.body.empty() || request.body.size() > kMaxShown) return summary;
  auto body = parse_json(request.body);
  if (!body) return summary;
  hide_secrets(*body);
  return std::move(*body);
}

void RequestLog::add(const ApiRequest& request, int status) {
  Json query = Json::object();
  for (const auto& [name, value] : request.query) query[name] = value;
  if (entries_.size() == kMaxEntries) entries_.pop_front();
  Json entry = {{"method", request.method},
                {"path", request.path},
                {"query", std::move(query)},
                {"status", status},
                {"body", body_for_log(request)}};
  entries_.push_back(std::make_shared<const Json>(std::move(entry)));
}

Json RequestLog::entries() const {
  Json list = Json::array();
  for (const auto& entry : entries_) list.push_back(*entry);
  return list;
}

}  // namespace rollout
