// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "daemon/core/model/failure.h"
#include "daemon/core/plan/account_memory.h"
#include "daemon/core/plan/memory.h"

namespace rollout {

/// What one account's lane must not forget. Used by that lane only. A failure means that nothing
/// was written; an error of the disk itself ends the process.
class Journal {
 public:
  virtual ~Journal() = default;

  /// Empty memory for a Worker that was never kept.
  virtual Result<Memory> recall(const WorkerId& worker) = 0;

  /// Whose memory was kept, also by an earlier configuration.
  virtual Result<std::set<WorkerId>> workers() = 0;

  /// Replaces all of the Worker's memory but its intents. Durable on return.
  virtual Result<void> keep(const WorkerId& worker, const Memory& memory) = 0;

  /// Of the account as a whole. Durable on return.
  virtual Result<AccountMemory> recall_account() = 0;
  virtual Result<void> keep_account(const AccountMemory& memory) = 0;

  /// Writes an intent. Durable on return: the call may be made now, and not before.
  virtual Result<IntentId> begin(const Intent& intent) = 0;

  /// Closes an intent that is open. Durable on return. Succeeds on a full disk too.
  virtual Result<void> finish(IntentId intent, const Outcome& outcome) = 0;

  /// Appends to the ledger; the oldest entries beyond the limit go.
  virtual Result<void> append(const std::vector<LedgerEntry>& entries) = 0;

  /// Newest first; of one version where it is given.
  virtual Result<std::vector<LedgerEntry>> ledger(const WorkerId& worker,
                                                  const std::optional<VersionId>& version,
                                                  std::size_t limit) = 0;

  /// Keeps the text of a retention policy for good; one that is kept already costs nothing.
  virtual Result<void> keep_policy(const std::string& hash, const std::string& text) = 0;
  /// None where it was never kept, or was lost.
  virtual Result<std::optional<std::string>> policy(const std::string& hash) = 0;

  /// Where the journal was missing or damaged at its opening: why, in a sentence. Until
  /// `end_recovery` it is said again at every start.
  virtual std::optional<std::string> recovering() = 0;
  virtual Result<void> end_recovery() = 0;
};

}  // namespace rollout
