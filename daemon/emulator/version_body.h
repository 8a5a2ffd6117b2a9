// SPDX-License-Identifier: Apache-2.0
// What a request for a version must look like, and what of it is kept.
#pragma once

#include <string>
#include <string_view>

#include "daemon/emulator/api_error.h"
#include "daemon/emulator/cloud_types.h"

namespace rollout {

/// Checks everything but the bindings, which need the Worker. `modules` stand in where the body has
/// none of its own (a merge patch that leaves them out). Secrets and `assets.jwt` are left behind.
ApiResult<VersionParts> read_version_body(const Json& body, const CloudRules& rules,
                                          const Document& modules);

/// A recording lacks what is never shown, the values of secrets.
enum class BindingsFrom { request, recording };

/// Names, types and what each known kind requires, and that no name stands twice.
ApiResult<void> check_bindings(const Json& bindings, BindingsFrom from);

/// As the API shows them: without secret values, sorted by name.
Json shown_bindings(const Json& bindings);

/// At most `bytes` bytes of valid UTF-8, cut before a character that does not fit whole.
std::string cut_utf8(std::string_view text, std::size_t bytes);

}  // namespace rollout
