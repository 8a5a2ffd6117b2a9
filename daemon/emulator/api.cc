// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/api.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/core/model/failure.h"
#include "daemon/emulator/routes.h"

namespace rollout {
namespace {

constexpr std::string_view kBase = "/client/v4/accounts/";
constexpr std::string_view kBearer = "Bearer ";

ApiAnswer json_answer(int status, std::string body) {
  return {
      .status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

ApiAnswer success_answer(const Reply& reply) {
  std::string body = R"({"success":true,"errors":[],"messages":[])";
  if (reply.result) body += R"(,"result":)" + *reply.result;
  if (reply.result_info) body += R"(,"result_info":)" + *reply.result_info;
  return json_answer(reply.status, body + "}");
}

/// The path below the account's where the call belongs to an upload session; empty for all others.
std::string_view upload_path(const ApiAccess& access, const ApiRequest& request) {
  std::string_view path = request.path;
  const std::string account = std::string(kBase) + access.account + "/";
  if (request.method != "POST" || !path.starts_with(account)) return {};
  path.remove_prefix(account.size());
  const std::string_view upload = kAssetsUpload;
  if (path == upload) return path;
  const bool single = path.starts_with(upload) && path.substr(upload.size()).starts_with('/') &&
                      path.rfind('/') == upload.size() && path.size() > upload.size() + 1;
  return single ? path : std::string_view();
}

ApiResult<void> check_token(const ApiAccess& access, const ApiRequest& request) {
  const std::string_view header = request.authorization;
  if (!header.starts_with(kBearer) || header.size() == kBearer.size()) {
    return refuse(ApiCode::authentication, "Authentication error");
  }
  const auto token = header.substr(kBearer.size());
  if (access.read_token && token == *access.read_token) {
    if (request.method == "GET") return {};
    return refuse(ApiCode::not_authorised, "The token lacks the permission to write.");
  }
  if (!access.token || token == *access.token) return {};
  return refuse(ApiCode::token_refused, "Authentication error");
}

ApiResult<Route> route_of(const ApiAccess& access, const ApiRequest& request) {
  std::string_view path = request.path;
  const auto no_route = [&request] {
    return refuse(ApiCode::no_route,
                  fmt::format("Could not route to {}, perhaps your object identifier is invalid?",
                              request.path));
  };
  if (request.method == "GET" && path == "/client/v4/user/tokens/verify") {
    return *find_route("GET", kVerifyToken);
  }
  if (!path.starts_with(kBase)) return no_route();
  path.remove_prefix(kBase.size());
  if (!path.starts_with(access.account + "/")) return no_route();
  path.remove_prefix(access.account.size() + 1);
  auto route = find_route(request.method, path);
  if (!route) return no_route();
  return std::move(*route);
}

ApiResult<Json> read_body(const ApiRequest& request, const Route& route) {
  if (!route.has_body) return Json();
  if (request.body_bytes > kMaxBody) {
    return refuse(ApiCode::too_large, "The request is larger than 100 MiB.");
  }
  const bool merge =
      request.method == "PATCH" && request.content_type.starts_with("application/merge-patch+json");
  if (!merge && !request.content_type.starts_with("application/json")) {
    return refuse(ApiCode::content_type, "The Content-Type must be application/json.");
  }
  auto body = parse_json(request.body);
  if (!body) return refuse(ApiCode::bad_body, fmt::format("The body is {}.", body.error()));
  return std::move(*body);
}

void add_rate_headers(ApiAnswer& answer, const RateLimitRule& rule, const RateLimit::State& state) {
  if (rule.quota == 0) return;
  answer.headers.emplace(
      "Ratelimit", fmt::format(R"("default";r={};t={})", state.remaining, state.reset_seconds));
  const auto window = std::chrono::ceil<std::chrono::seconds>(rule.window).count();
  answer.headers.emplace("Ratelimit-Policy",
                         fmt::format(R"("burst";q={};w={})", rule.quota, window));
  if (!state.admitted) {
    answer.headers.emplace("retry-after", std::to_string(state.reset_seconds));
  }
}

}  // namespace

Api::Api(Cloud& cloud, RateLimit& limit, std::mutex& mutex, ApiAccess access, StoreChanges store)
    : cloud_(cloud),
      limit_(limit),
      mutex_(mutex),
      access_(std::move(access)),
      store_(std::move(store)) {}

ApiAnswer Api::answer_upload(const ApiRequest& request, std::string_view path) {
  std::string_view token = request.authorization;
  if (!token.starts_with(kBearer)) {
    return error_answer(api_error(ApiCode::authentication, "Authentication error"));
  }
  token.remove_prefix(kBearer.size());
  const std::scoped_lock lock(mutex_);
  auto reply = upload_assets(cloud_, request, token, path);
  if (auto stored = store_(cloud_); !stored) {
    return error_answer(api_error(ApiCode::internal, stored.error()));
  }
  return reply ? success_answer(*reply) : error_answer(reply.error());
}

ApiAnswer Api::answer(const ApiRequest& request) {
  if (const auto path = upload_path(access_, request); !path.empty()) {
    return answer_upload(request, path);
  }
  if (const auto allowed = check_token(access_, request); !allowed) {
    return error_answer(allowed.error());
  }
  const auto state = [&] {
    const std::scoped_lock lock(mutex_);
    return limit_.admit(cloud_.now());
  }();
  const auto call = [&]() -> ApiResult<Reply> {
    if (!state.admitted) {
      return refuse(ApiCode::throttled, "Please wait and consider throttling your request speed.");
    }
    TRY_ASSIGN(const Route route, route_of(access_, request));
    TRY_ASSIGN(const Json body, read_body(request, route));
    const std::scoped_lock lock(mutex_);
    auto reply = route.call(cloud_, request, route.path, body);
    if (auto stored = store_(cloud_); !stored) return refuse(ApiCode::internal, stored.error());
    return reply;
  };
  const auto reply = call();
  ApiAnswer answer = reply ? success_answer(*reply) : error_answer(reply.error());
  add_rate_headers(answer, limit_.rule(), state);
  return answer;
}

ApiAnswer error_answer(const ApiError& error) {
  Json entry = {{"code", error.code},
                {"message", error.message},
                {"documentation_url", "https://developers.cloudflare.com/api/"}};
  if (!error.pointer.empty()) entry["source"] = {{"pointer", error.pointer}};
  const Json envelope = {{"success", false},
                         {"errors", Json::array({std::move(entry)})},
                         {"messages", Json::array()},
                         {"result", nullptr}};
  return json_answer(error.status, dump_json(envelope));
}

}  // namespace rollout
