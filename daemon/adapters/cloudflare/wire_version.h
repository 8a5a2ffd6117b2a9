// SPDX-License-Identifier: Apache-2.0
// Versions as the Versions API writes them. Pure. Unknown fields are ignored; a missing or mistyped
// required field is an error, a sentence that names it.
// Source: POST and GET /accounts/{id}/workers/workers/{id}/versions (OpenAPI description).
#pragma once

#include <expected>
#include <string>

#include "daemon/codec/json.h"
#include "daemon/codec/settings_json.h"
#include "daemon/core/model/build.h"
#include "daemon/core/model/version.h"

namespace rollout {

template <class T>
using Wire = std::expected<T, std::string>;

/// Without a `created_on` that can be read it is undated (policies.md, statement 3).
Wire<Version> version_from_json(const Json& object);

/// With modules where the object has them.
Wire<VersionDetail> version_detail_from_json(const Json& object);

/// The body of a create, less `modules`. `triggered_by` is read-only and not sent.
Json bundle_to_json(const Bundle& bundle);

/// What would be refused anyway, found before it is sent: bindings of known kinds, names of
/// modules, a main module that is none of them.
std::expected<void, FieldError> check_bundle(const Bundle& bundle);

/// `annotations` of versions and deployments. An absent or odd one is empty.
Annotations annotations_from_json(const Json& object);

/// A required or optional member by its type.
Wire<std::string> required_text(const Json& object, std::string_view name);
Wire<std::string> optional_text(const Json& object, std::string_view name);

/// `created_on`; none where it is absent or cannot be read.
std::optional<Instant> created_on(const Json& object);

}  // namespace rollout
