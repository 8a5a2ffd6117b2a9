// SPDX-License-Identifier: Apache-2.0
// The rules of each `Type`: how a value is written, checked, and described to an editor.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/adapters/yaml/keys.h"
#include "daemon/adapters/yaml/mistakes.h"
#include "daemon/adapters/yaml/node.h"

namespace rollout {

struct TypeRule {
  Type type;
  std::string_view written;  ///< For the key reference: `duration`, with its unit or an example.
  std::string_view schema;   ///< JSON Schema of one value; empty: made elsewhere.
  std::optional<Finding> (*check)(const Key& key, const Node& text);
};

const TypeRule& rule_of(Type type);

/// Checks one text. `json` values are no texts and are checked where they are converted.
std::optional<Finding> check_text(const Key& key, const Node& text);

}  // namespace rollout
