// SPDX-License-Identifier: Apache-2.0
// The daemon's journals, for commands that only read.
#pragma once

#include <memory>
#include <string>

#include "daemon/adapters/sqlite/journal_copy.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// Where the journal of an account is.
std::string journal_path(const std::string& state_dir, const AccountName& account);

/// The journals in a state directory that belong to none of the accounts, or what is left of such.
Result<std::vector<std::string>> stray_journals(const std::string& state_dir,
                                                const std::vector<AccountConfig>& accounts);

/// A copy of the journal of an account. Its daemon may run.
Result<std::unique_ptr<JournalCopy>> copy_journal(const Config& config, const AccountName& account);

}  // namespace rollout
