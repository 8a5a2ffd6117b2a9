// SPDX-License-Identifier: Apache-2.0
// The `body` of a row: JSON of one remembered thing, both ways. Empty and absent fields are left
// out. Decoding gives none where the text is not one that encoding could have made.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/plan/account_memory.h"
#include "daemon/core/plan/memory.h"

namespace rollout {

std::string encode(const Generation& generation);
std::string encode(const SeenVersion& seen);
std::string encode(const Pin& pin);
/// What is remembered of the Worker itself: everything but generations, versions, pins, intents.
std::string encode_rest(const Memory& memory);
std::string encode(const AccountMemory& memory);
std::string encode(const Intent& intent);  ///< Less its Worker, as in the ledger's entries.
std::string encode(const Outcome& outcome);
std::string encode(const LedgerEntry& entry);

std::optional<Generation> decode_generation(std::string_view body);
std::optional<SeenVersion> decode_seen(std::string_view body);
std::optional<Pin> decode_pin(std::string_view body);
/// False where it cannot be read; `memory` is then left as it was.
bool decode_rest(std::string_view body, Memory& memory);
std::optional<AccountMemory> decode_account(std::string_view body);
std::optional<Intent> decode_intent(const std::string& worker, std::string_view body);
std::optional<LedgerEntry> decode_entry(const std::string& worker, std::string_view body);

}  // namespace rollout
