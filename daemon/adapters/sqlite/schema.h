// SPDX-License-Identifier: Apache-2.0
// The journal's schema: one step per `user_version`, forward only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/adapters/sqlite/database.h"

namespace rollout {

/// The steps of this binary; step i leads from `user_version` i to i + 1.
std::vector<std::string_view> journal_steps();
/// Their number.
std::int64_t journal_schema();

/// The file was written by a newer binary.
struct NewerSchema {
  std::int64_t found = 0;
  std::int64_t known = 0;
};
/// Already there, or reached; `copy` is the file that holds the state before, if there was one.
struct Migrated {
  std::int64_t from = 0;
  std::string copy;
};
using Migration = std::variant<Migrated, NewerSchema>;

/// Brings the schema to the last step, each step in a transaction of its own. A file that has
/// content is first copied to `<path>.before-<user_version>` by VACUUM INTO.
Sql<Migration> migrate(Database& database, const std::string& path,
                       const std::vector<std::string_view>& steps);

}  // namespace rollout
