// SPDX-License-Identifier: Apache-2.0
// Looks at every row of a journal: a checksum that does not match, or a body that cannot be read,
// makes a row bad.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/adapters/sqlite/database.h"

namespace rollout {

// The checksum of a row, over its table's name and its other columns.
std::int64_t memory_checksum(std::string_view worker, std::string_view kind, std::string_view key,
                             std::string_view body);
/// `outcome` is none while the intent is open.
std::int64_t intent_checksum(std::int64_t id, std::string_view worker, std::string_view body,
                             const std::optional<std::string>& outcome);
std::int64_t ledger_checksum(std::string_view worker, std::string_view version,
                             std::string_view body);
std::int64_t policy_checksum(std::string_view hash, std::string_view text);
/// `schema` is the file's `user_version`, which has no row of its own.
std::int64_t head_checksum(std::string_view identity, std::string_view recovering,
                           std::int64_t schema);

struct Inspection {
  struct Row {
    std::string_view table;
    std::int64_t id = 0;
  };
  std::vector<Row> bad;
  std::int64_t tally = 0;  ///< The exclusive or of the checksums of all rows that are good.
};
Sql<Inspection> inspect(Database& database);

/// Removes what is bad. Inside a transaction.
Sql<void> drop(Database& database, const Inspection& inspection);

}  // namespace rollout
