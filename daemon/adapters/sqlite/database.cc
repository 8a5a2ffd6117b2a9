// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/sqlite/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

constexpr std::string_view kSettings =
    "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;";

void bind(sqlite3_stmt* statement, int index, const SqlValue& value) {
  int code = SQLITE_OK;
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    code = sqlite3_bind_int64(statement, index, *number);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    // An empty view may have no data pointer, which SQLite would take for null.
    code = sqlite3_bind_text64(statement, index, text->empty() ? "" : text->data(), text->size(),
                               SQLITE_TRANSIENT, SQLITE_UTF8);
  } else {
    code = sqlite3_bind_null(statement, index);
  }
  ENSURE(code == SQLITE_OK, "a statement must take its values");
}

/// SQLite would make the file readable for everybody; what it makes beside it is as this one is.
/// Where that fails, opening says why.
void make_private(const std::string& path) {
  const int made = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made >= 0) ::close(made);
  if (made < 0 && errno == EEXIST) static_cast<void>(::chmod(path.c_str(), 0600));
}

}  // namespace

bool SqlError::disk_full() const {
  const int primary = code & 0xff;
  if (primary == SQLITE_FULL) return true;
  // SQLite sees neither a quota nor a directory without room as a full disk.
  return (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) &&
         (system_error == ENOSPC || system_error == EDQUOT);
}

bool SqlError::damaged() const {
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

std::int64_t SqlRow::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string SqlRow::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

bool SqlRow::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Sql<std::unique_ptr<Database>> Database::open(const std::string& path) {
  if (path != ":memory:") make_private(path);
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  ENSURE(handle != nullptr, "SQLite must have memory for a connection");
  std::unique_ptr<Database> database(new Database(handle));
  if (code != SQLITE_OK) return std::unexpected(database->error(code));
  sqlite3_extended_result_codes(handle, 1);
  database->is_file_ = path != ":memory:";
  TRY(database->script(kSettings));
  return database;
}

Sql<std::unique_ptr<Database>> Database::open_copy(std::string_view file) {
  TRY_ASSIGN(std::unique_ptr<Database> database, open(":memory:"));
  auto* bytes = static_cast<unsigned char*>(sqlite3_malloc64(file.size()));
  ENSURE(bytes != nullptr, "SQLite must have memory for a copy");
  std::copy(file.begin(), file.end(), bytes);
  const auto size = static_cast<sqlite3_int64>(file.size());
  const int code =
      sqlite3_deserialize(database->handle_, "main", bytes, size, size,
                          SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY);
  if (code != SQLITE_OK) return std::unexpected(database->error(code));
  return database;
}

Database::~Database() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  ENSURE(sqlite3_close(handle_) == SQLITE_OK, "no statement may outlive its connection");
}

SqlError Database::error(int code) const {
  return {
      .code = code, .system_error = sqlite3_system_errno(handle_), .text = sqlite3_errmsg(handle_)};
}

Sql<sqlite3_stmt*> Database::prepared(std::string_view sql,
                                      std::initializer_list<SqlValue> values) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    sqlite3_stmt* statement = nullptr;
    const int code =
        sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (code != SQLITE_OK) return std::unexpected(error(code));
    found = statements_.emplace(std::string(sql), statement).first;
  }
  sqlite3_stmt* statement = found->second;
  ENSURE(sqlite3_bind_parameter_count(statement) == static_cast<int>(values.size()),
         "a statement must get as many values as it names");
  int index = 0;
  for (const SqlValue& value : values) bind(statement, ++index, value);
  return statement;
}

Sql<void> Database::run(std::string_view sql, std::initializer_list<SqlValue> values) {
  return each(sql, values, [](const SqlRow&) {});
}

Sql<void> Database::each(std::string_view sql, std::initializer_list<SqlValue> values,
                         const std::function<void(const SqlRow&)>& visit) {
  TRY_ASSIGN(sqlite3_stmt * statement, prepared(sql, values));
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) visit(SqlRow(statement));
  Sql<void> result;
  if (code != SQLITE_DONE) result = std::unexpected(error(code));
  sqlite3_reset(statement);
  return result;
}

Sql<std::int64_t> Database::number(std::string_view sql, std::initializer_list<SqlValue> values) {
  std::int64_t number = 0;
  TRY(each(sql, values, [&](const SqlRow& row) { number = row.number(0); }));
  return number;
}

Sql<void> Database::script(std::string_view sql) {
  const int code = sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(error(code));
  return {};
}

Sql<void> Database::transaction(const std::function<Sql<void>()>& body) {
  TRY(run("BEGIN IMMEDIATE"));
  Sql<void> result = body();
  if (result) result = run("COMMIT");
  // A full disk may already have rolled it back.
  if (!result && sqlite3_get_autocommit(handle_) == 0) {
    const Sql<void> undone = run("ROLLBACK");
    ENSURE(undone.has_value(), "a transaction that failed must be undone");
  }
  return result;
}

std::int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(handle_);
}

}  // namespace rollout
