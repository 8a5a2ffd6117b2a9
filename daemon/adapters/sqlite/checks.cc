// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/sqlite/checks.h"

#include <fmt/format.h>

#include "daemon/adapters/sqlite/rows.h"

namespace rollout {
namespace {

void count(Inspection& inspection, std::string_view table, const SqlRow& row, bool good) {
  if (good) {
    inspection.tally ^= row.number(1);
  } else {
    inspection.bad.push_back({.table = table, .id = row.number(0)});
  }
}

bool good_memory(const SqlRow& row) {
  const std::string kind = row.text(3), key = row.text(4), body = row.text(5);
  Kept scratch;
  return memory_checksum(row.text(2), kind, key, body) == row.number(1) &&
         restore({kind, key}, body, scratch);
}

bool good_intent(const SqlRow& row) {
  const std::string worker = row.text(2), body = row.text(3);
  const auto outcome = row.is_null(4) ? std::nullopt : std::optional(row.text(4));
  return intent_checksum(row.number(0), worker, body, outcome) == row.number(1) &&
         decode_intent(worker, body).has_value();
}

bool good_entry(const SqlRow& row) {
  const std::string worker = row.text(2), body = row.text(4);
  return ledger_checksum(worker, row.text(3), body) == row.number(1) &&
         decode_entry(worker, body).has_value();
}

bool good_policy(const SqlRow& row) {
  return policy_checksum(row.text(2), row.text(3)) == row.number(1);
}

}  // namespace

std::int64_t memory_checksum(std::string_view worker, std::string_view kind, std::string_view key,
                             std::string_view body) {
  return row_checksum({"memory", worker, kind, key, body});
}

std::int64_t intent_checksum(std::int64_t id, std::string_view worker, std::string_view body,
                             const std::optional<std::string>& outcome) {
  return outcome ? row_checksum({"intent", fmt::format("{}", id), worker, body, *outcome})
                 : row_checksum({"intent", fmt::format("{}", id), worker, body});
}

std::int64_t ledger_checksum(std::string_view worker, std::string_view version,
                             std::string_view body) {
  return row_checksum({"ledger", worker, version, body});
}

std::int64_t policy_checksum(std::string_view hash, std::string_view text) {
  return row_checksum({"policy", hash, text});
}

std::int64_t head_checksum(std::string_view identity, std::string_view recovering,
                           std::int64_t schema) {
  return row_checksum({"journal", identity, recovering, fmt::format("{}", schema)});
}

Sql<Inspection> inspect(Database& database) {
  Inspection found;
  TRY(database.each("SELECT rowid, checksum, worker, kind, key, body FROM memory", {},
                    [&](const SqlRow& row) { count(found, "memory", row, good_memory(row)); }));
  TRY(database.each("SELECT id, checksum, worker, body, outcome FROM intent", {},
                    [&](const SqlRow& row) { count(found, "intent", row, good_intent(row)); }));
  TRY(database.each("SELECT id, checksum, worker, version, body FROM ledger", {},
                    [&](const SqlRow& row) { count(found, "ledger", row, good_entry(row)); }));
  TRY(database.each("SELECT rowid, checksum, hash, text FROM policy", {},
                    [&](const SqlRow& row) { count(found, "policy", row, good_policy(row)); }));
  return found;
}

Sql<void> drop(Database& database, const Inspection& inspection) {
  for (const Inspection::Row& row : inspection.bad) {
    TRY(database.run(fmt::format("DELETE FROM {} WHERE rowid = ?", row.table), {row.id}));
  }
  return database.run("UPDATE journal SET tally = ?", {inspection.tally});
}

}  // namespace rollout
