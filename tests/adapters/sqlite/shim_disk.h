// SPDX-License-Identifier: Apache-2.0
// A disk below SQLite that can be full, and that can lose power at any operation.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace rollout {

/// While it lives, every SQLite file in the process goes through it. One at a time.
class ShimDisk {
 public:
  ShimDisk();
  ~ShimDisk();
  ShimDisk(const ShimDisk&) = delete;
  ShimDisk& operator=(const ShimDisk&) = delete;

  /// Bytes that all files of a directory may have together, the reserve among them.
  struct Room {
    std::string directory;
    std::uint64_t bytes = 0;
  };
  std::optional<Room> room;

  /// The process ends at this operation (write, sync, truncate, delete), from 1, before it has an
  /// effect. With `power`, everything that was not synced is undone first.
  std::uint64_t end_at = 0;
  bool power = false;

  bool sync_fails = false;
  bool sync_is_slow = true;  ///< False: syncs are counted and not passed on.

  std::uint64_t operations = 0;
  std::uint64_t unsynced_deletes = 0;
  std::map<std::string, std::string> dirty;  ///< Files with unsynced bytes: as they were synced.

  void step();
  void touch(const std::string& path);
  bool fits(const std::string& path, std::uint64_t end) const;
};

}  // namespace rollout
