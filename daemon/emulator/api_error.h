// SPDX-License-Identifier: Apache-2.0
// What the API answers instead of a result, and the one table of its codes.
#pragma once

#include <expected>
#include <string>

namespace rollout {

/// Why a call is refused; `api_error.cc` has the code and the HTTP status of each.
enum class ApiCode {
  no_route,
  authentication,
  token_refused,
  content_type,
  internal,
  bad_parameter,
  worker_not_found,
  not_authorised,
  bad_worker_name,
  validation,
  bad_body,
  too_large,
  name_taken,
  binding_without_name,
  inherit_unresolved,
  class_not_deployed,
  version_not_found,
  no_versions,
  deployment_not_found,
  throttled,
  tags_too_long,
  too_many_tags,
  name_too_long,
  bad_tag,
  script_version_not_found,
  name_too_long_for_previews,
  asset_token,
};

/// One refusal. `pointer` is a JSON Pointer into the request's body; empty where none applies.
struct ApiError {
  int status = 0;
  int code = 0;
  std::string message;
  std::string pointer;
};

template <class T>
using ApiResult = std::expected<T, ApiError>;

/// With the status of the table.
ApiError api_error(ApiCode code, std::string message, std::string pointer = {});

/// The same as an answer: `return refuse(ApiCode::validation, "...", "/modules")`.
std::unexpected<ApiError> refuse(ApiCode code, std::string message, std::string pointer = {});

}  // namespace rollout
