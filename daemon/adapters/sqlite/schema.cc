// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/sqlite/schema.h"

#include <fmt/format.h>

#include <filesystem>

namespace rollout {
namespace {

Sql<void> apply(Database& database, std::string_view step, std::int64_t version) {
  return database.transaction([&]() -> Sql<void> {
    TRY(database.script(step));
    return database.script(fmt::format("PRAGMA user_version = {}", version));
  });
}

}  // namespace

std::int64_t journal_schema() {
  return static_cast<std::int64_t>(journal_steps().size());
}

Sql<Migration> migrate(Database& database, const std::string& path,
                       const std::vector<std::string_view>& steps) {
  TRY_ASSIGN(const std::int64_t found, database.number("PRAGMA user_version"));
  const auto known = static_cast<std::int64_t>(steps.size());
  if (found > known) return NewerSchema{.found = found, .known = known};
  Migrated migrated{.from = found, .copy = {}};
  if (found == known) return migrated;
  if (found > 0 && database.is_file()) {
    migrated.copy = fmt::format("{}.before-{}", path, found);
    // VACUUM INTO refuses an existing file: one of an earlier, interrupted attempt is replaced.
    std::error_code ignored;
    std::filesystem::remove(migrated.copy, ignored);
    TRY(database.run("VACUUM INTO ?", {std::string_view(migrated.copy)}));
  }
  for (std::int64_t version = found; version < known; ++version) {
    TRY(apply(database, steps[static_cast<std::size_t>(version)], version + 1));
  }
  return migrated;
}

}  // namespace rollout
