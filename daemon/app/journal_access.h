// SPDX-License-Identifier: Apache-2.0
// The daemon's journals, for commands that only read.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/adapters/sqlite/journal_copy.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// Where the journal of an account is.
std::string journal_path(const std::string& state_dir, const AccountName& account);

/// A copy of the journal of an account. Its daemon may run.
Result<std::unique_ptr<JournalCopy>> copy_journal(const Config& config, const AccountName& account);

/// The tag of each version that the ledger tells of, those that are gone included; some are empty.
std::vector<std::string> tags_of(const std::vector<LedgerEntry>& ledger);

}  // namespace rollout
