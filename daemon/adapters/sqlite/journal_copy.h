// SPDX-License-Identifier: Apache-2.0
// A journal as it stands, for who does not own it: read byte by byte, without a lock that the
// daemon would meet, and believed only where every row of the copy is sound.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/adapters/sqlite/database.h"
#include "daemon/core/plan/memory.h"

namespace rollout {

class JournalCopy final {
 public:
  /// `not_found` where there is no such file; `local` where it cannot be read, or is not
  /// migrated yet; `refused` where a newer version wrote it; `transient` where it is being written.
  static Result<std::unique_ptr<JournalCopy>> read(const std::string& path);

  /// Newest first.
  Result<std::vector<LedgerEntry>> ledger(const WorkerId& worker);
  /// All but the intents.
  Result<Memory> memory(const WorkerId& worker);

 private:
  explicit JournalCopy(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  /// What is wrong with it; empty: nothing.
  Sql<std::string> fault();

  std::unique_ptr<Database> database_;
};

}  // namespace rollout
