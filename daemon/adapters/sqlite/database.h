// SPDX-License-Identifier: Apache-2.0
// SQLite with results instead of return codes, one connection.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/core/model/failure.h"

struct sqlite3;
struct sqlite3_stmt;

namespace rollout {

struct SqlError {
  int code = 0;          ///< SQLite's extended result code.
  int system_error = 0;  ///< The errno behind it, 0 where there is none.
  std::string text;

  bool disk_full() const;  ///< Nothing was written, and less data would help.
  bool damaged() const;    ///< The file is no database, or a broken one.
};
template <class T>
using Sql = std::expected<T, SqlError>;

using SqlValue = std::variant<std::nullptr_t, std::int64_t, std::string_view>;

/// The current row of a query; columns count from 0.
class SqlRow {
 public:
  explicit SqlRow(sqlite3_stmt* statement) : statement_(statement) {}
  std::int64_t number(int column) const;
  std::string text(int column) const;
  bool is_null(int column) const;

 private:
  sqlite3_stmt* statement_;
};

class Database {
 public:
  /// Creates the file where it is missing. Durable at each commit: journal_mode=DELETE,
  /// synchronous=EXTRA. The file is not read yet.
  static Sql<std::unique_ptr<Database>> open(const std::string& path);
  /// A database in memory with the content of a file; nothing can be written to it.
  static Sql<std::unique_ptr<Database>> open_copy(std::string_view file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Sql<void> run(std::string_view sql, std::initializer_list<SqlValue> values = {});
  Sql<void> each(std::string_view sql, std::initializer_list<SqlValue> values,
                 const std::function<void(const SqlRow&)>& visit);
  /// The first column of the only row.
  Sql<std::int64_t> number(std::string_view sql, std::initializer_list<SqlValue> values = {});
  /// Several statements without values.
  Sql<void> script(std::string_view sql);

  /// All or nothing. Statements that ran before a failure are rolled back.
  Sql<void> transaction(const std::function<Sql<void>()>& body);

  std::int64_t last_id() const;
  bool is_file() const { return is_file_; }

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  SqlError error(int code) const;
  Sql<sqlite3_stmt*> prepared(std::string_view sql, std::initializer_list<SqlValue> values);

  sqlite3* handle_;
  bool is_file_ = true;
  std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

}  // namespace rollout
