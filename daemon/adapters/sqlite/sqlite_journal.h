// SPDX-License-Identifier: Apache-2.0
// The journal in one SQLite file: reliability.md, "Journal".
//
// Terms: the *stamp* and the *reserve* are files beside it (companions.h); *recovering* means that
// something of it was lost, so that the lane must first learn from Cloudflare what exists.
// Usual flow: `open` checks every row; each call is one transaction, on the disk when it returns.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/adapters/sqlite/companions.h"
#include "daemon/adapters/sqlite/database.h"
#include "daemon/adapters/sqlite/rows.h"
#include "daemon/ports/journal.h"

namespace rollout {

/// A failure means that nothing was written: the disk is full (`local`), or no such intent is open
/// (`invalid`). Any other error of SQLite or of
/// the disk, a failed fsync first of all, ends the process by ENSURE: what is on the disk is then
/// unknown, and the next start finds out.
class SqliteJournal final : public Journal {
 public:
  struct Options {
    std::string path;                ///< Or `:memory:`: no stamp, no reserve.
    std::uint64_t history = 100000;  ///< Ledger entries, and closed intents, that are kept.
    std::string lost_if_new = {};    ///< Why a missing file counts as lost; empty: it does not.
  };

  /// `refused` where a newer binary wrote the file (exit 76); `local` where it cannot be opened. A
  /// damaged file is moved to `<path>.corrupt-<n>`; that, a missing file where there was one, an
  /// old copy and a damaged row make it `recovering()`.
  static Result<std::unique_ptr<SqliteJournal>> open(Options options);

  Result<Memory> recall(const WorkerId& worker) override;
  Result<std::set<WorkerId>> workers() override;
  Result<void> keep(const WorkerId& worker, const Memory& memory) override;
  Result<AccountMemory> recall_account() override;
  Result<void> keep_account(const AccountMemory& memory) override;
  Result<IntentId> begin(const Intent& intent) override;
  Result<void> finish(IntentId intent, const Outcome& outcome) override;
  Result<void> append(const std::vector<LedgerEntry>& entries) override;
  Result<std::vector<LedgerEntry>> ledger(const WorkerId& worker,
                                          const std::optional<VersionId>& version,
                                          std::size_t limit) override;
  Result<void> keep_policy(const std::string& hash, const std::string& text) override;
  Result<std::optional<std::string>> policy(const std::string& hash) override;
  std::optional<std::string> recovering() override { return recovering_; }
  Result<void> end_recovery() override;

 private:
  explicit SqliteJournal(Options options);

  // Opening. `Damage` is a sentence: what is wrong with the file as a whole.
  using Damage = std::optional<std::string>;
  Result<void> open_or_replace();
  Result<Damage> attach();
  Sql<Damage> read_file(std::int64_t schema);
  Result<void> check_stamp();
  Result<void> recover(std::string why);
  Sql<void> write_head();

  Result<void> load(const WorkerId& worker);
  Sql<void> commit(const std::function<Sql<void>()>& body);
  Result<void> write(std::string_view during, const std::function<Sql<void>()>& body);
  Sql<void> write_memory(const WorkerId& worker, const MemoryChange& change);

  Options options_;
  Stamp stamp_;
  Reserve reserve_;
  std::unique_ptr<Database> database_;
  Mark mark_;
  std::optional<std::string> recovering_;
  bool was_new_ = false;            ///< The file had no content when it was opened.
  bool stamped_ = false;            ///< The stamp agrees with the file, and follows it from now on.
  std::set<std::string> policies_;  ///< Hashes of policies that are known to be stored.
  std::optional<AccountMemory> account_;  ///< What is stored, once it was recalled.
  std::map<WorkerId, Kept> kept_;         ///< What is stored, for those that were recalled or kept.
};

}  // namespace rollout
