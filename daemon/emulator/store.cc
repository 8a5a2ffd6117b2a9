// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <string_view>
#include <tuple>
#include <utility>

#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

Statement prepare(sqlite3* database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  return Statement(statement);
}

void bind(const Statement& statement, int place, const std::string& text) {
  sqlite3_bind_text64(statement.get(), place, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

std::string column(const Statement& statement, int place) {
  const auto* text = static_cast<const char*>(sqlite3_column_blob(statement.get(), place));
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement.get(), place))};
}

}  // namespace

void Store::Close::operator()(sqlite3* database) const {
  sqlite3_close(database);
}

Store::Store(Database database, std::string path)
    : database_(std::move(database)), path_(std::move(path)) {}

std::expected<Store, std::string> Store::open(const std::string& path) {
  sqlite3* opened = nullptr;
  sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Store store(Database(opened), path);
  if (sqlite3_errcode(opened) != SQLITE_OK) return store.failure("cannot be opened");
  // The lock is taken by the first write below and kept, so that two emulators cannot mix.
  TRY(
      store.run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; "
                "PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE; "
                "CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, text TEXT NOT NULL) "
                "WITHOUT ROWID; COMMIT",
                "cannot be used"));
  return store;
}

std::unexpected<std::string> Store::failure(const char* doing) const {
  const bool busy = sqlite3_errcode(database_.get()) == SQLITE_BUSY;
  return std::unexpected(
      fmt::format("the data file {} {}: {}", path_, doing,
                  busy ? "another emulator has it open" : sqlite3_errmsg(database_.get())));
}

std::expected<void, std::string> Store::run(const char* sql, const char* doing) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return failure(doing);
}

std::expected<std::vector<CloudRecord>, std::string> Store::load() const {
  const Statement select = prepare(database_.get(), "SELECT key, text FROM records ORDER BY key");
  std::vector<CloudRecord> records;
  int step = SQLITE_ERROR;
  while ((step = sqlite3_step(select.get())) == SQLITE_ROW) {
    records.push_back({column(select, 0), column(select, 1)});
  }
  if (step != SQLITE_DONE) return failure("cannot be read");
  return records;
}

std::expected<void, std::string> Store::write(const CloudRecord& record) {
  const bool gone = record.text.empty();
  const Statement statement =
      prepare(database_.get(), gone ? "DELETE FROM records WHERE key = ?1"
                                    : "REPLACE INTO records (key, text) VALUES (?1, ?2)");
  bind(statement, 1, record.key);
  if (!gone) bind(statement, 2, record.text);
  if (sqlite3_step(statement.get()) == SQLITE_DONE) return {};
  return failure("cannot be written");
}

std::expected<void, std::string> Store::save(const std::vector<CloudRecord>& records) {
  if (records.empty()) return {};
  TRY(run("BEGIN IMMEDIATE", "cannot be written"));
  for (const CloudRecord& record : records) {
    if (auto written = write(record); !written) {
      std::ignore = run("ROLLBACK", "cannot be written");  // The first failure is the one to tell.
      return written;
    }
  }
  return run("COMMIT", "cannot be written");
}

}  // namespace rollout
