// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/routes.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "daemon/core/model/failure.h"
#include "daemon/emulator/api.h"

namespace rollout {
namespace {

using Path = std::vector<std::string>;

std::optional<std::string> param(const ApiRequest& request, const char* name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::nullopt : std::optional(found->second);
}

ApiResult<std::int64_t> int_param(const ApiRequest& request, const char* name,
                                  std::int64_t otherwise) {
  const auto text = param(request, name);
  if (!text) return otherwise;
  std::int64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error == std::errc() && stop == end) return value;
  return refuse(ApiCode::bad_parameter, fmt::format("{} must be a whole number.", name));
}

ApiResult<bool> bool_param(const ApiRequest& request, const char* name) {
  const auto text = param(request, name);
  if (!text || *text == "false") return false;
  if (*text == "true") return true;
  return refuse(ApiCode::bad_parameter, fmt::format("{} must be true or false.", name));
}

ApiResult<PageQuery> page_query(const ApiRequest& request) {
  PageQuery query;
  TRY_ASSIGN(query.page, int_param(request, "page", query.page));
  TRY_ASSIGN(query.per_page, int_param(request, "per_page", query.per_page));
  return query;
}

/// The client's name as `source` shows it: the product of its `User-Agent`, where it is a known
/// one.
std::string source_of(const ApiRequest& request) {
  for (const char* client : {"wrangler", "terraform"}) {
    if (request.user_agent.starts_with(client)) return client;
  }
  return "api";
}

std::string array_text(const std::vector<Document>& documents) {
  std::string text = "[";
  for (const Document& document : documents) {
    if (text.size() > 1) text += ',';
    text += dump_json(*document);
  }
  return text + "]";
}

Reply reply_of(const Document& document) {
  return {.result = dump_json(*document), .result_info = std::nullopt, .status = 200};
}

Reply reply_of(const DocumentPage& page) {
  const auto size = static_cast<std::size_t>(page.query.per_page);
  const Json info = {{"count", page.items.size()},
                     {"page", page.query.page},
                     {"per_page", page.query.per_page},
                     {"total_count", page.total_count},
                     {"total_pages", (page.total_count + size - 1) / size}};
  return {.result = array_text(page.items), .result_info = dump_json(info), .status = 200};
}

template <class T>
ApiResult<Reply> reply(ApiResult<T> answer) {
  if (!answer) return std::unexpected(std::move(answer).error());
  if constexpr (std::is_void_v<T>) {
    return Reply{};
  } else {
    return reply_of(*answer);
  }
}

ApiResult<VersionOptions> version_options(const ApiRequest& request) {
  TRY_ASSIGN(const bool deploy, bool_param(request, "deploy"));
  return VersionOptions{.deploy = deploy, .source = source_of(request)};
}

ApiResult<Reply> list_workers(Cloud& cloud, const ApiRequest& request, const Path& /*path*/,
                              const Json& /*body*/) {
  TRY_ASSIGN(const PageQuery query, page_query(request));
  WorkerOrder order;
  order.by = param(request, "order_by").value_or(order.by);
  order.order = param(request, "order").value_or(order.order);
  return reply(cloud.workers(query, order));
}

ApiResult<Reply> list_versions(Cloud& cloud, const ApiRequest& request, const Path& path,
                               const Json& /*body*/) {
  TRY_ASSIGN(const PageQuery query, page_query(request));
  return reply(cloud.versions(path[0], query));
}

ApiResult<Reply> get_version(Cloud& cloud, const ApiRequest& request, const Path& path,
                             const Json& /*body*/) {
  const auto include = param(request, "include");
  if (!include) return reply(cloud.version(path[0], path[1]));
  if (*include == "modules") return reply(cloud.version_with_modules(path[0], path[1]));
  return refuse(ApiCode::bad_parameter, "include can only be modules.");
}

ApiResult<Reply> create_version(Cloud& cloud, const ApiRequest& request, const Path& path,
                                const Json& body) {
  TRY_ASSIGN(const VersionOptions options, version_options(request));
  return reply(cloud.create_version(path[0], body, options));
}

ApiResult<Reply> patch_latest(Cloud& cloud, const ApiRequest& request, const Path& path,
                              const Json& body) {
  TRY_ASSIGN(const VersionOptions options, version_options(request));
  return reply(cloud.patch_latest(path[0], body, options));
}

ApiResult<Reply> list_deployments(Cloud& cloud, const ApiRequest& /*request*/, const Path& path,
                                  const Json& /*body*/) {
  TRY_ASSIGN(const auto all, cloud.deployments(path[0]));
  return Reply{.result = R"({"deployments":)" + array_text(all) + "}",
               .result_info = std::nullopt,
               .status = 200};
}

ApiResult<Reply> create_deployment(Cloud& cloud, const ApiRequest& request, const Path& path,
                                   const Json& body) {
  TRY(bool_param(request, "force"));
  return reply(cloud.create_deployment(path[0], body));
}

struct RouteRow {
  const char* method;
  const char* path;  ///< `*` stands for a name or an id.
  decltype(Route::call) call;
  bool has_body = false;
};

using Request = ApiRequest;

constexpr RouteRow kRoutes[] = {
    {"GET", kVerifyToken,
     [](Cloud&, const Request&, const Path&, const Json&) -> ApiResult<Reply> {
       return Reply{.result = R"({"id":"00000000000000000000000000000000","status":"active"})",
                    .result_info = std::nullopt,
                    .status = 200};
     }},
    {"GET", "workers/workers", list_workers},
    {"POST", "workers/workers",
     [](Cloud& cloud, const Request&, const Path&, const Json& body) {
       return reply(cloud.create_worker(body));
     },
     true},
    {"GET", "workers/workers/*",
     [](Cloud& cloud, const Request&, const Path& path, const Json&) {
       return reply(cloud.worker(path[0]));
     }},
    {"DELETE", "workers/workers/*",
     [](Cloud& cloud, const Request&, const Path& path, const Json&) {
       return reply(cloud.delete_worker(path[0]));
     }},
    {"GET", "workers/workers/*/versions", list_versions},
    {"POST", "workers/workers/*/versions", create_version, true},
    {"PATCH", "workers/workers/*/versions/latest", patch_latest, true},
    {"GET", "workers/workers/*/versions/*", get_version},
    {"DELETE", "workers/workers/*/versions/*",
     [](Cloud& cloud, const Request&, const Path& path, const Json&) {
       return reply(cloud.delete_version(path[0], path[1]));
     }},
    {"POST", "workers/scripts/*/assets-upload-session",
     [](Cloud& cloud, const Request&, const Path& path, const Json& body) {
       return reply(cloud.open_asset_session(path[0], body));
     },
     true},
    {"GET", "workers/scripts/*/deployments", list_deployments},
    {"POST", "workers/scripts/*/deployments", create_deployment, true},
    {"GET", "workers/scripts/*/deployments/*",
     [](Cloud& cloud, const Request&, const Path& path, const Json&) {
       return reply(cloud.deployment(path[0], path[1]));
     }},
    {"DELETE", "workers/scripts/*/deployments/*",
     [](Cloud& cloud, const Request&, const Path& path, const Json&) {
       return reply(cloud.delete_deployment(path[0], path[1]));
     }},
};

std::string_view take_part(std::string_view& path) {
  const auto slash = path.find('/');
  const auto part = path.substr(0, slash);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  return part;
}

std::optional<Path> match(std::string_view pattern, std::string_view path) {
  Path named;
  while (!pattern.empty() && !path.empty()) {
    const auto wanted = take_part(pattern);
    const auto part = take_part(path);
    if (wanted == "*" && !part.empty()) {
      named.emplace_back(part);
    } else if (wanted != part) {
      return std::nullopt;
    }
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return named;
}

}  // namespace

ApiResult<Reply> upload_assets(Cloud& cloud, const ApiRequest& request, std::string_view token,
                               std::string_view path) {
  if (request.body_bytes > kMaxBody) {
    return refuse(ApiCode::too_large, "The request is larger than 100 MiB.");
  }
  std::vector<AssetPart> parts;
  AssetEncoding encoding = AssetEncoding::base64;
  if (path.size() > std::string_view(kAssetsUpload).size()) {
    encoding = AssetEncoding::raw;
    const auto hash = path.substr(path.rfind('/') + 1);
    parts.push_back({std::string(hash), request.content_type, request.body});
  } else {
    TRY_ASSIGN(const bool base64, bool_param(request, "base64"));
    if (!base64) return refuse(ApiCode::bad_parameter, "base64 must be true.");
    for (const RequestPart& part : request.parts) {
      parts.push_back({part.name, part.content_type, part.content});
    }
  }
  TRY_ASSIGN(const Document answer, cloud.upload_assets(token, parts, encoding));
  Reply made = reply_of(answer);
  made.status = answer->contains("jwt") ? 201 : 202;
  return made;
}

std::optional<Route> find_route(const std::string& method, std::string_view path) {
  for (const RouteRow& row : kRoutes) {
    if (method != row.method) continue;
    if (auto named = match(row.path, path)) {
      return Route{.call = row.call, .path = std::move(*named), .has_body = row.has_body};
    }
  }
  return std::nullopt;
}

}  // namespace rollout
