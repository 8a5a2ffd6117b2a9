// SPDX-License-Identifier: Apache-2.0
// What the Versions API asks of each kind of binding.
// Source: the OpenAPI description of POST .../versions, schema of `bindings`.
#pragma once

#include <optional>

#include "daemon/codec/json.h"
#include "daemon/codec/settings_json.h"

namespace rollout {

/// Checks one entry of `bindings` as a request may send it: `name`, `type`, and the required fields
/// of known kinds with their types. Unknown kinds pass: Cloudflare adds kinds faster than we learn
/// of them. The error's pointer is relative to the binding: `/namespace_id`.
std::optional<FieldError> check_binding(const Json& binding);

}  // namespace rollout
