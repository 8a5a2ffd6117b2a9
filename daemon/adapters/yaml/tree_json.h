// SPDX-License-Identifier: Apache-2.0
// Tree -> JSON, for the parts of a configuration that pass through to the API.
#pragma once

#include <string>
#include <string_view>

#include "daemon/adapters/yaml/node.h"
#include "daemon/adapters/yaml/problems.h"
#include "daemon/codec/json.h"

namespace rollout {

/// Refuses texts of which it is unclear whether a number or a text is meant (`1.10`, `010`).
void check_json_value(const Node& node, Problems& problems);

/// `true`, `false`, `null` and plain decimal numbers, unquoted, are what they are in JSON; all else
/// is a text. The tree is one that was checked.
Json to_json(const Node& node);

/// The place of what a JSON Pointer (RFC 6901) names, or of the nearest thing around it.
Place find_pointer(const Node& node, std::string_view pointer);

/// A JSON Pointer as the paths of keys are written: `/bindings/1/name` is `.bindings[2].name`.
std::string pointer_path(std::string_view pointer);

}  // namespace rollout
