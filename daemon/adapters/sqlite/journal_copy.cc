// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/sqlite/journal_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "daemon/adapters/sqlite/checks.h"
#include "daemon/adapters/sqlite/rows.h"
#include "daemon/adapters/sqlite/schema.h"

namespace rollout {
namespace {

/// A commit takes milliseconds, and they are rare. Nothing tells of its end but the file itself,
/// and a lock to wait for would be one that the daemon meets.
constexpr int kTries = 8;
constexpr int kPause = 50;  // Milliseconds.
constexpr std::size_t kLargest = std::size_t{1} << 30U;

Failure failure(FailureKind kind, const std::string& path, std::string detail) {
  return {.kind = kind,
          .during = fmt::format("read the journal {}", path),
          .detail = std::move(detail)};
}

class File final {
 public:
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return fd_ >= 0; }
  /// Empty, with an errno, where it cannot be read whole.
  std::string content() const {
    std::string bytes;
    std::array<char, 65536> block{};
    for (;;) {
      const ssize_t got =
          ::pread(fd_, block.data(), block.size(), static_cast<off_t>(bytes.size()));
      if (got < 0) return "";
      if (got == 0) return bytes;
      bytes.append(block.data(), static_cast<std::size_t>(got));
      if (bytes.size() > kLargest) {
        errno = EFBIG;
        return "";
      }
    }
  }

 private:
  int fd_;
};

/// SQLite's own journal is there while pages are written, and after a crash.
bool is_being_written(const std::string& path) {
  struct stat found{};
  return ::stat((path + "-journal").c_str(), &found) == 0 && found.st_size > 0;
}

std::unexpected<Failure> unreadable(const std::string& path) {
  const int error = errno;
  return std::unexpected(failure(error == ENOENT ? FailureKind::not_found : FailureKind::local,
                                 path, std::generic_category().message(error)));
}

Failure failure_of(const std::string& path, const SqlError& error) {
  return failure(FailureKind::local, path, error.text);
}

}  // namespace

Result<std::unique_ptr<JournalCopy>> JournalCopy::read(const std::string& path) {
  std::string fault = "it is being written";
  for (int i = 0; i < kTries; ++i) {
    if (is_being_written(path)) {
      ::poll(nullptr, 0, kPause);
      continue;
    }
    const File file(path);
    if (!file.is_open()) return unreadable(path);
    const std::string bytes = file.content();
    if (bytes.empty()) return unreadable(path);
    if (is_being_written(path)) continue;
    auto database = Database::open_copy(bytes);
    if (!database) return std::unexpected(failure_of(path, database.error()));
    std::unique_ptr<JournalCopy> copy(new JournalCopy(*std::move(database)));
    const auto schema = copy->database_->number("PRAGMA user_version");
    if (schema && *schema > journal_schema())
      return std::unexpected(
          failure(FailureKind::refused, path, "it was written by a newer version"));
    if (schema && *schema > 0 && *schema < journal_schema())
      return std::unexpected(failure(FailureKind::local, path,
                                     "it was written by an older version; the daemon of this one "
                                     "brings it up to date when it starts"));
    // Pages of before and after a commit do not add up: then once more.
    const auto found = copy->fault();
    fault = found ? *found : found.error().text;
    if (fault.empty()) return copy;
  }
  return std::unexpected(failure(FailureKind::transient, path, fault));
}

Sql<std::string> JournalCopy::fault() {
  TRY_ASSIGN(const std::int64_t tally, database_->number("SELECT tally FROM journal"));
  TRY_ASSIGN(const Inspection inspection, inspect(*database_));
  if (!inspection.bad.empty()) return "a row of it is damaged";
  return inspection.tally == tally ? "" : "rows of it are missing";
}

Result<std::vector<LedgerEntry>> JournalCopy::ledger(const WorkerId& worker) {
  std::vector<LedgerEntry> entries;
  const auto read = database_->each("SELECT body FROM ledger WHERE worker = ? ORDER BY id DESC",
                                    {std::string_view(worker.text())}, [&](const SqlRow& row) {
                                      if (auto entry = decode_entry(worker.text(), row.text(0)))
                                        entries.push_back(*std::move(entry));
                                    });
  if (!read) return std::unexpected(failure_of("", read.error()));
  return entries;
}

Result<Memory> JournalCopy::memory(const WorkerId& worker) {
  Kept kept;
  const auto read = database_->each(
      "SELECT kind, key, body FROM memory WHERE worker = ? ORDER BY kind, key",
      {std::string_view(worker.text())},
      [&](const SqlRow& row) { restore({row.text(0), row.text(1)}, row.text(2), kept); });
  if (!read) return std::unexpected(failure_of("", read.error()));
  return std::move(kept.memory);
}

}  // namespace rollout
