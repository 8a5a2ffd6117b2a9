// SPDX-License-Identifier: Apache-2.0
// The cloud's records in one SQLite file.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "daemon/emulator/cloud_types.h"

struct sqlite3;

namespace rollout {

/// One thread at a time. All errors are sentences that name the file.
class Store {
 public:
  /// Makes the file where there is none. Another emulator with the same file is an error.
  static std::expected<Store, std::string> open(const std::string& path);

  std::expected<std::vector<CloudRecord>, std::string> load() const;
  /// All or nothing. An empty text removes the record.
  std::expected<void, std::string> save(const std::vector<CloudRecord>& records);

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  using Database = std::unique_ptr<sqlite3, Close>;

  Store(Database database, std::string path);
  std::unexpected<std::string> failure(const char* doing) const;
  std::expected<void, std::string> run(const char* sql, const char* doing);
  std::expected<void, std::string> write(const CloudRecord& record);

  Database database_;
  std::string path_;
};

}  // namespace rollout
