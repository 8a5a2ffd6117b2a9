// SPDX-License-Identifier: Apache-2.0
// The operations of the API: which method and path means which call on the `Cloud`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/emulator/cloud.h"
#include "daemon/emulator/exchange.h"

namespace rollout {

/// What an operation gives: the members of the envelope besides `success`, `errors`, `messages`.
struct Reply {
  std::optional<std::string> result;       ///< JSON; absent on DELETE.
  std::optional<std::string> result_info;  ///< JSON; lists only.
  int status = 200;
};

/// A matched operation. `path` has the parts of the path that stood for a name or an id.
struct Route {
  ApiResult<Reply> (*call)(Cloud& cloud, const ApiRequest& request,
                           const std::vector<std::string>& path, const Json& body);
  std::vector<std::string> path;
  bool has_body = false;
};

/// Below the same path: its calls carry the token of an upload session in the place of the
/// account's. A hash may follow.
inline constexpr const char* kAssetsUpload = "workers/assets/upload";

/// Of the account's own token; a user's stands under `/client/v4/user/`.
inline constexpr const char* kVerifyToken = "tokens/verify";

/// Files of an upload session: in parts, or one with its hash at the path's end.
ApiResult<Reply> upload_assets(Cloud& cloud, const ApiRequest& request, std::string_view token,
                               std::string_view path);

/// By method and the path below `/client/v4/accounts/{account_id}/`; none where there is no route.
std::optional<Route> find_route(const std::string& method, std::string_view path);

}  // namespace rollout
