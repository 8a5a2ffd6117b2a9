// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/api_error.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

struct CodeRow {
  ApiCode key;
  int code;
  int status;
};

// Source: Versions API reference, section 9. Confirmed statuses are those of 10007, 10016, 10021,
// 10040, 10061, 10071, 100102, 100103, 100132, 100134, 100315 and 10002; the others follow from
// the meaning. 10429 stands for the rate limit, whose code is not documented.
constexpr CodeRow kCodes[] = {
    {ApiCode::no_route, 7003, 404},
    {ApiCode::authentication, 10000, 401},
    {ApiCode::token_refused, 10000, 403},
    {ApiCode::content_type, 10001, 415},
    {ApiCode::internal, 10002, 500},
    {ApiCode::bad_parameter, 10004, 400},
    {ApiCode::worker_not_found, 10007, 404},
    {ApiCode::not_authorised, 10015, 403},
    {ApiCode::bad_worker_name, 10016, 400},
    {ApiCode::validation, 10021, 400},
    {ApiCode::bad_body, 10026, 400},
    {ApiCode::too_large, 10027, 413},
    {ApiCode::name_taken, 10040, 409},
    {ApiCode::binding_without_name, 10052, 400},
    {ApiCode::inherit_unresolved, 10057, 400},
    {ApiCode::class_not_deployed, 10061, 400},
    {ApiCode::version_not_found, 10071, 404},
    {ApiCode::no_versions, 10222, 404},
    {ApiCode::deployment_not_found, 10336, 404},
    {ApiCode::throttled, 10429, 429},
    {ApiCode::tags_too_long, 100102, 400},
    {ApiCode::too_many_tags, 100103, 403},
    {ApiCode::name_too_long, 100132, 400},
    {ApiCode::bad_tag, 100134, 400},
    {ApiCode::script_version_not_found, 100146, 404},
    {ApiCode::name_too_long_for_previews, 100315, 400},
    {ApiCode::asset_token, 10000, 401},
};

}  // namespace

ApiError api_error(ApiCode code, std::string message, std::string pointer) {
  const auto* row = std::ranges::find(kCodes, code, &CodeRow::key);
  ENSURE(row != std::end(kCodes), "every ApiCode stands in the table");
  return {row->status, row->code, std::move(message), std::move(pointer)};
}

std::unexpected<ApiError> refuse(ApiCode code, std::string message, std::string pointer) {
  return std::unexpected(api_error(code, std::move(message), std::move(pointer)));
}

}  // namespace rollout
