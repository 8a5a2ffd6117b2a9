// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/sqlite/sqlite_journal.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/adapters/sqlite/checks.h"
#include "daemon/adapters/sqlite/schema.h"
#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

/// What a caller may learn of an error. Anything but a full disk ends the process.
Failure failure_of(const SqlError& error, std::string_view during) {
  ENSURE(error.disk_full(),
         fmt::format("the journal failed ({}, error {}): {}", during, error.code, error.text));
  return {.kind = FailureKind::local,
          .during = std::string(during),
          .detail = "the journal's disk is full; nothing was written; make room"};
}

Result<void> to_result(Sql<void> outcome, std::string_view during) {
  if (!outcome) return std::unexpected(failure_of(outcome.error(), during));
  return {};
}

/// Rows were checked when the journal was opened: one that is bad now was damaged since.
void ensure_row(bool good, std::string_view table) {
  ENSURE(good, fmt::format("a row of the journal's table {} was damaged while in use", table));
}

}  // namespace

Sql<void> SqliteJournal::commit(const std::function<Sql<void>()>& body) {
  const auto counted = [&]() -> Sql<void> {
    TRY(body());
    return database_->run("UPDATE journal SET commits = commits + 1");
  };
  TRY(database_->transaction(counted));
  ++mark_.commits;
  if (stamped_) stamp_.update(mark_);
  return {};
}

Result<void> SqliteJournal::write(std::string_view during, const std::function<Sql<void>()>& body) {
  return to_result(commit(body), during);
}

Result<void> SqliteJournal::load(const WorkerId& worker) {
  Kept kept;
  Sql<void> read = database_->each(
      "SELECT kind, key, body, checksum FROM memory WHERE worker = ? ORDER BY kind, key",
      {std::string_view(worker.text())}, [&](const SqlRow& row) {
        const RowKey key{row.text(0), row.text(1)};
        const std::string body = row.text(2);
        ensure_row(memory_checksum(worker.text(), key.first, key.second, body) == row.number(3) &&
                       restore(key, body, kept),
                   "memory");
        kept.stored = true;
      });
  TRY(to_result(std::move(read), "recall the memory of a Worker"));
  kept_[worker] = std::move(kept);
  return {};
}

Result<Memory> SqliteJournal::recall(const WorkerId& worker) {
  // This process alone writes the file: what it has read or written once stays true.
  if (!kept_.contains(worker)) TRY(load(worker));
  Memory memory = kept_.at(worker).memory;
  const auto take = [&](const SqlRow& row) {
    const std::string body = row.text(1);
    std::optional<Intent> intent = decode_intent(worker.text(), body);
    ensure_row(intent.has_value() && intent_checksum(row.number(0), worker.text(), body,
                                                     std::nullopt) == row.number(2),
               "intent");
    memory.intents.push_back({.id = row.number(0), .intent = std::move(*intent)});
  };
  TRY(to_result(
      database_->each("SELECT id, body, checksum FROM intent WHERE worker = ? AND outcome IS NULL"
                      " ORDER BY id",
                      {std::string_view(worker.text())}, take),
      "recall the intents of a Worker"));
  return memory;
}

Result<std::set<WorkerId>> SqliteJournal::workers() {
  std::set<WorkerId> workers;
  TRY(to_result(database_->each("SELECT DISTINCT worker FROM memory WHERE worker <> ''", {},
                                [&](const SqlRow& row) { workers.insert(WorkerId(row.text(0))); }),
                "list the Workers"));
  return workers;
}

Sql<void> SqliteJournal::write_memory(const WorkerId& worker, const MemoryChange& change) {
  const std::string_view name = worker.text();
  for (const auto& [kind, key] : change.remove) {
    TRY(database_->run("DELETE FROM memory WHERE worker = ? AND kind = ? AND key = ?",
                       {name, std::string_view(kind), std::string_view(key)}));
  }
  for (const auto& [row, body] : change.write) {
    const auto& [kind, key] = row;
    TRY(database_->run(
        "INSERT INTO memory (worker, kind, key, body, checksum) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET body = excluded.body, checksum = excluded.checksum",
        {name, std::string_view(kind), std::string_view(key), std::string_view(body),
         memory_checksum(name, kind, key, body)}));
  }
  return {};
}

Result<void> SqliteJournal::keep(const WorkerId& worker, const Memory& memory) {
  if (!kept_.contains(worker)) TRY(load(worker));
  auto [todo, kept] = change(kept_.at(worker), memory);
  if (todo.write.empty() && todo.remove.empty()) return {};
  TRY(write("keep the memory of a Worker", [&] { return write_memory(worker, todo); }));
  kept_[worker] = std::move(kept);
  return {};
}

Result<AccountMemory> SqliteJournal::recall_account() {
  if (account_) return *account_;
  AccountMemory memory;
  const auto take = [&](const SqlRow& row) {
    const std::string body = row.text(0);
    const std::optional<AccountMemory> found = decode_account(body);
    ensure_row(found.has_value() && memory_checksum("", kAccountRow, "", body) == row.number(1),
               "memory");
    memory = *found;
  };
  TRY(to_result(database_->each("SELECT body, checksum FROM memory WHERE worker = '' AND kind = ?",
                                {kAccountRow}, take),
                "recall the memory of the account"));
  account_ = memory;
  return memory;
}

Result<void> SqliteJournal::keep_account(const AccountMemory& memory) {
  TRY_ASSIGN(const AccountMemory before, recall_account());
  if (memory == before) return {};
  const MemoryChange change{.write = {{{std::string(kAccountRow), ""}, encode(memory)}},
                            .remove = {}};
  TRY(write("keep the memory of the account", [&] { return write_memory(WorkerId(), change); }));
  account_ = memory;
  return {};
}

Result<IntentId> SqliteJournal::begin(const Intent& intent) {
  if (database_->is_file() && !reserve_.hold()) {
    return std::unexpected(
        Failure{.kind = FailureKind::local,
                .during = "write an intent",
                .detail = "the disk has no room for the reserve from which an outcome would be "
                          "written; make room"});
  }
  IntentId id = 0;
  const auto insert = [&]() -> Sql<void> {
    const std::string body = encode(intent);
    const std::string_view worker = intent.worker.text();
    TRY(database_->run("INSERT INTO intent (worker, body, checksum) VALUES (?, ?, 0)",
                       {worker, std::string_view(body)}));
    id = database_->last_id();
    return database_->run("UPDATE intent SET checksum = ? WHERE id = ?",
                          {intent_checksum(id, worker, body, std::nullopt), id});
  };
  TRY(write("write an intent", insert));
  return id;
}

Result<void> SqliteJournal::finish(IntentId intent, const Outcome& outcome) {
  bool found = false;
  const auto close = [&]() -> Sql<void> {
    std::string worker, body;
    TRY(database_->each("SELECT worker, body FROM intent WHERE id = ? AND outcome IS NULL",
                        {intent}, [&](const SqlRow& row) {
                          worker = row.text(0);
                          body = row.text(1);
                          found = true;
                        }));
    const std::string text = encode(outcome);
    TRY(database_->run(
        "UPDATE intent SET outcome = ?, checksum = ? WHERE id = ?"
        " AND outcome IS NULL",
        {std::string_view(text), intent_checksum(intent, worker, body, text), intent}));
    return database_->run("DELETE FROM intent WHERE outcome IS NOT NULL AND id <= ?",
                          {intent - static_cast<std::int64_t>(options_.history)});
  };
  Sql<void> closed = commit(close);
  if (!closed && closed.error().disk_full() && reserve_.release()) closed = commit(close);
  TRY(to_result(std::move(closed), "write an outcome"));
  if (found) return {};
  return std::unexpected(Failure{.kind = FailureKind::invalid,
                                 .during = "write an outcome",
                                 .detail = fmt::format("no intent {} is open", intent)});
}

Result<void> SqliteJournal::append(const std::vector<LedgerEntry>& entries) {
  if (entries.empty()) return {};
  return write("write the ledger", [&]() -> Sql<void> {
    for (const LedgerEntry& entry : entries) {
      const std::string body = encode(entry);
      const std::string_view worker = entry.worker.text();
      const std::string_view version = entry.version ? entry.version->text() : std::string_view();
      TRY(database_->run(
          "INSERT INTO ledger (worker, version, body, checksum) VALUES (?, ?, ?, ?)",
          {worker, version, std::string_view(body), ledger_checksum(worker, version, body)}));
    }
    return database_->run("DELETE FROM ledger WHERE id <= ?",
                          {database_->last_id() - static_cast<std::int64_t>(options_.history)});
  });
}

Result<std::vector<LedgerEntry>> SqliteJournal::ledger(const WorkerId& worker,
                                                       const std::optional<VersionId>& version,
                                                       std::size_t limit) {
  std::vector<LedgerEntry> entries;
  const auto take = [&](const SqlRow& row) {
    const std::string body = row.text(1);
    std::optional<LedgerEntry> entry = decode_entry(worker.text(), body);
    ensure_row(
        entry.has_value() && ledger_checksum(worker.text(), row.text(0), body) == row.number(2),
        "ledger");
    entries.push_back(std::move(*entry));
  };
  const std::string_view name = worker.text();
  const auto most = static_cast<std::int64_t>(limit);
  TRY(to_result(version
                    ? database_->each("SELECT version, body, checksum FROM ledger WHERE worker = ?"
                                      " AND version = ? ORDER BY id DESC LIMIT ?",
                                      {name, std::string_view(version->text()), most}, take)
                    : database_->each("SELECT version, body, checksum FROM ledger WHERE worker = ?"
                                      " ORDER BY id DESC LIMIT ?",
                                      {name, most}, take),
                "read the ledger"));
  return entries;
}

Result<void> SqliteJournal::keep_policy(const std::string& hash, const std::string& text) {
  if (policies_.contains(hash)) return {};
  TRY_ASSIGN(const std::optional<std::string> known, policy(hash));
  if (!known) {
    TRY(write("keep the text of a policy", [&] {
      return database_->run(
          "INSERT INTO policy (hash, text, checksum) VALUES (?, ?, ?)",
          {std::string_view(hash), std::string_view(text), policy_checksum(hash, text)});
    }));
  }
  policies_.insert(hash);
  return {};
}

Result<std::optional<std::string>> SqliteJournal::policy(const std::string& hash) {
  std::optional<std::string> found;
  const auto take = [&](const SqlRow& row) {
    found = row.text(0);
    ensure_row(policy_checksum(hash, *found) == row.number(1), "policy");
  };
  TRY(to_result(database_->each("SELECT text, checksum FROM policy WHERE hash = ?",
                                {std::string_view(hash)}, take),
                "read the text of a policy"));
  return found;
}

Sql<void> SqliteJournal::write_head() {
  const std::string_view why = recovering_ ? std::string_view(*recovering_) : std::string_view();
  return database_->run("UPDATE journal SET recovering = ?, checksum = ?, commits = ?",
                        {why, head_checksum(mark_.identity, why, journal_schema()),
                         static_cast<std::int64_t>(mark_.commits)});
}

Result<void> SqliteJournal::end_recovery() {
  const auto before = std::exchange(recovering_, std::nullopt);
  Result<void> written = write("end the recovery", [&] { return write_head(); });
  if (!written) recovering_ = before;
  return written;
}

}  // namespace rollout
