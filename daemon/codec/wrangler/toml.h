// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string_view>

#include "daemon/codec/wrangler/document.h"

namespace rollout {

/// TOML 1.0 as JSON, nested at most `kJsonDepth` deep.
std::expected<Json, DocumentProblem> parse_toml(std::string_view text, Lines& lines);

}  // namespace rollout
