// SPDX-License-Identifier: Apache-2.0
// What rolloutctl sends over the control socket: `{"op": "pin", "args": {"worker": "shop", ...}}`.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "daemon/codec/json.h"
#include "daemon/core/plan/command.h"

namespace rollout {

Json command_to_json(const Command& command);

/// The error is one sentence that names the member. An unknown member is an error: a newer
/// rolloutctl must not believe that an older daemon did what it asked.
std::expected<Command, std::string> command_from_json(std::string_view op, const Json& args);

}  // namespace rollout
