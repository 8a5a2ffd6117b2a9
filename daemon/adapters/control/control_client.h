// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/codec/json.h"
#include "daemon/core/model/failure.h"
#include "daemon/core/model/instant.h"
#include "daemon/ports/clock.h"

namespace rollout {

/// Sends one request to the daemon at the socket and waits for its answer: `{"exit": 0, "data":
/// {...}}` or `{"exit": 78, "errors": [...]}`. Fails with `not_found` where no daemon runs (exit
/// 69), `refused` where this user may not connect, `transient` where the time was over or the
/// connection broke, and `invalid` where the answer is none. After `transient` the request may have
/// been carried out.
Result<Json> ask_daemon(const std::string& socket_path, const Json& request, Millis limit,
                        Clock& clock);

}  // namespace rollout
