// SPDX-License-Identifier: Apache-2.0
// The two files beside a journal: the stamp says that a journal belongs here and how far it had
// come; the reserve holds room for the outcome of a call in flight.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/model/failure.h"

namespace rollout {

/// Which journal, and how many transactions it had committed at least.
struct Mark {
  std::string identity;
  std::uint64_t commits = 0;
  auto operator<=>(const Mark&) const = default;
};

inline constexpr std::string_view kStampSuffix = ".expected";

/// `<journal>.expected`. Written and synced after each commit, so it is never ahead of the journal;
/// a power cut between the two leaves it one commit behind, which raises no false alarm.
class Stamp {
 public:
  explicit Stamp(std::string journal);

  bool exists() const;
  std::optional<Mark> read() const;  ///< None where it is missing or unreadable.
  Result<void> create(const Mark& mark) const;
  void update(const Mark& mark) const;

 private:
  std::string path_;
};

inline constexpr std::uint64_t kReserveBytes = 1024 * 1024;

/// `<journal>.reserve`.
class Reserve {
 public:
  explicit Reserve(std::string journal);

  /// True where it is there, or could be made.
  bool hold();
  /// Gives its room to the file system. False where there was none to give.
  bool release();

 private:
  std::string path_;
  bool held_ = false;
};

/// Moves a damaged journal, with the rollback journal of SQLite that belongs to it, to
/// `<journal>.corrupt-<n>`. The new name.
Result<std::string> move_aside(const std::string& journal);

}  // namespace rollout
