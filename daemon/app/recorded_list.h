// SPDX-License-Identifier: Apache-2.0
// Recorded lists from a file: what `versions list -o json` prints and `policy preview` reads.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "daemon/app/run.h"
#include "daemon/core/plan/recorded_list.h"

namespace rollout {

/// Unknown members are ignored: a later version may have written them. The error is one sentence
/// that names the entry.
std::expected<RecordedList, std::string> parse_recorded_list(std::string_view text);

/// Of a file; exit 1 where it is none.
OrExit<RecordedList> read_recorded_list(const std::string& path, Session& session);

}  // namespace rollout
