// SPDX-License-Identifier: Apache-2.0
// How a journal is opened: what is believed, what is dropped, and what is moved aside.
#include <fmt/format.h>

#include <utility>

#include "daemon/adapters/sqlite/checks.h"
#include "daemon/adapters/sqlite/schema.h"
#include "daemon/adapters/sqlite/sqlite_journal.h"
#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

constexpr std::int64_t kApplicationId = 1380994131;  // As in schema.sql.

Failure cannot_open(const std::string& path, const SqlError& error) {
  return {.kind = FailureKind::local,
          .during = fmt::format("open the journal {}", path),
          .detail = fmt::format("{} (SQLite error {})", error.text, error.code)};
}

Failure newer(const std::string& path, const NewerSchema& schema) {
  return {.kind = FailureKind::refused,
          .during = fmt::format("open the journal {}", path),
          .detail = fmt::format("it was written by a newer version (schema {}, this one knows {}); "
                                "install that version again, or restore the copy {}.before-{}",
                                schema.found, schema.known, path, schema.known)};
}

/// Whether the head vouches for the file's `user_version`: a bit of it may have flipped. Every
/// schema keeps these columns.
Sql<bool> vouches_for(Database& database, std::int64_t schema) {
  bool vouches = false;
  TRY(database.each("SELECT identity, recovering, checksum FROM journal", {},
                    [&](const SqlRow& row) {
                      vouches = row.number(2) == head_checksum(row.text(0), row.text(1), schema);
                    }));
  return vouches;
}

/// A sentence where the file as a whole cannot be believed.
Sql<std::optional<std::string>> damage_of(Database& database) {
  TRY_ASSIGN(const std::int64_t things, database.number("SELECT count(*) FROM sqlite_master"));
  if (things == 0) return std::nullopt;
  TRY_ASSIGN(const std::int64_t application, database.number("PRAGMA application_id"));
  TRY_ASSIGN(const std::int64_t schema, database.number("PRAGMA user_version"));
  if (application != kApplicationId || schema < 1) return "it is no journal";
  std::string finding;
  TRY(database.each("PRAGMA integrity_check(1)", {},
                    [&](const SqlRow& row) { finding = row.text(0); }));
  return finding == "ok" ? std::nullopt : std::optional(finding);
}

}  // namespace

SqliteJournal::SqliteJournal(Options options)
    : options_(std::move(options)), stamp_(options_.path), reserve_(options_.path) {}

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(Options options) {
  std::unique_ptr<SqliteJournal> journal(new SqliteJournal(std::move(options)));
  TRY(journal->open_or_replace());
  if (!journal->database_->is_file()) return journal;
  TRY(journal->check_stamp());
  journal->reserve_.hold();
  return journal;
}

Result<void> SqliteJournal::open_or_replace() {
  TRY_ASSIGN(const Damage damage, attach());
  if (!damage) return {};
  database_.reset();
  TRY_ASSIGN(const std::string aside, move_aside(options_.path));
  TRY_ASSIGN(const Damage again, attach());
  ENSURE(!again, "a new journal must be sound");
  return recover(fmt::format("the journal was damaged ({}); it was moved to {}", *damage, aside));
}

/// Opens the file and checks it as a whole, then row by row.
Result<SqliteJournal::Damage> SqliteJournal::attach() {
  const auto explain = [&](const SqlError& error) -> Result<Damage> {
    if (error.damaged()) return Damage(error.text);
    return std::unexpected(cannot_open(options_.path, error));
  };
  auto opened = Database::open(options_.path);
  if (!opened) return explain(opened.error());
  database_ = std::move(*opened);
  Sql<Damage> damage = damage_of(*database_);
  if (!damage) return explain(damage.error());
  if (*damage) return *damage;
  const Sql<Migration> migration = migrate(*database_, options_.path, journal_steps());
  if (!migration) return explain(migration.error());
  if (const auto* schema = std::get_if<NewerSchema>(&*migration)) {
    const Sql<bool> vouched = vouches_for(*database_, schema->found);
    if (!vouched) return explain(vouched.error());
    if (!*vouched) return Damage("the number of its schema was damaged");
    return std::unexpected(newer(options_.path, *schema));
  }
  const std::int64_t from = std::get<Migrated>(*migration).from;
  damage = read_file(from > 0 ? from : journal_schema());
  if (!damage) return explain(damage.error());
  return *damage;
}

/// Reads the head and checks every row. What is bad is dropped. `schema` is the one before a
/// migration, which the head's checksum still names.
Sql<SqliteJournal::Damage> SqliteJournal::read_file(std::int64_t schema) {
  std::size_t heads = 0;
  std::string why;
  std::int64_t checksum = 0, tally = 0;
  TRY(database_->each("SELECT identity, recovering, checksum, commits, tally FROM journal", {},
                      [&](const SqlRow& row) {
                        ++heads;
                        mark_.identity = row.text(0);
                        why = row.text(1);
                        checksum = row.number(2);
                        mark_.commits = static_cast<std::uint64_t>(row.number(3));
                        tally = row.number(4);
                      }));
  if (heads != 1) return Damage("it has no head");
  was_new_ = mark_.commits == 0;
  recovering_ = why.empty() ? std::nullopt : std::optional(why);
  TRY_ASSIGN(const Inspection inspection, inspect(*database_));
  const bool bad_head = !was_new_ && checksum != head_checksum(mark_.identity, why, schema);
  if (bad_head) {
    recovering_ = "the journal's head was damaged";
  } else if (!inspection.bad.empty()) {
    recovering_ = fmt::format("{} damaged rows of the journal were dropped", inspection.bad.size());
  } else if (tally != inspection.tally) {
    recovering_ = "rows of the journal are missing";
  } else if (was_new_ && !options_.lost_if_new.empty()) {
    recovering_ = options_.lost_if_new;
  } else if (!was_new_ && schema == journal_schema()) {
    return Damage();
  }
  const auto repair = [&]() -> Sql<void> {
    TRY(drop(*database_, inspection));
    return write_head();
  };
  TRY(commit(repair));
  return Damage();
}

/// Compares the journal with what its stamp says must be there.
Result<void> SqliteJournal::check_stamp() {
  const std::optional<Mark> expected = stamp_.read();
  if (was_new_ && stamp_.exists() && !recovering_) {
    TRY(recover("the journal is missing, though there was one"));
  } else if (expected && !was_new_ && expected->identity != mark_.identity) {
    TRY(recover("another journal stands where this one was expected"));
  } else if (expected && !was_new_ && expected->commits > mark_.commits) {
    mark_.commits = expected->commits;  // So that it counts on from there, and not again.
    TRY(recover("the journal is an old copy: its latest entries are missing"));
  } else if (!expected && mark_.commits > 1) {
    TRY(
        recover("the stamp beside the journal is missing or damaged, so that nobody can tell "
                "whether the journal is an old copy"));
  }
  if (expected != mark_) TRY(stamp_.create(mark_));
  stamped_ = true;
  return {};
}

/// Adds a reason; it stays until `end_recovery`.
Result<void> SqliteJournal::recover(std::string why) {
  recovering_ = recovering_ ? fmt::format("{}; {}", why, *recovering_) : std::move(why);
  return write("enter the recovery", [&] { return write_head(); });
}

}  // namespace rollout
