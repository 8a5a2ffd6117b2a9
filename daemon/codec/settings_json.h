// SPDX-License-Identifier: Apache-2.0
// A version's settings as the Versions API writes them, both ways.
#pragma once

#include <expected>
#include <string>

#include "daemon/codec/json.h"
#include "daemon/core/model/settings.h"

namespace rollout {

/// What is wrong with one field: `pointer` is a JSON Pointer (`/bindings/2/type`).
struct FieldError {
  std::string pointer;
  std::string message;  ///< One sentence without the pointer.
};

/// Only the fields that are set. As a request has them; its canonical text enters the digest.
Json settings_to_json(const VersionSettings& settings);

/// Reads the settings of a version object. Fields that are no settings are ignored. Bindings of
/// unknown kinds pass through; known kinds are checked by `check_binding` only where it is called.
std::expected<VersionSettings, FieldError> settings_from_json(const Json& object);

}  // namespace rollout
