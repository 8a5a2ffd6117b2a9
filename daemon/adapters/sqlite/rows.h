// SPDX-License-Identifier: Apache-2.0
// What is remembered of a Worker as rows of table `memory`, and the checksum over any row.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/adapters/sqlite/row_text.h"

namespace rollout {

/// The first 64 bits of SHA-256 over the texts, each with its length before it.
std::int64_t row_checksum(std::initializer_list<std::string_view> texts);

/// Rows of table `memory` of one Worker, less what is the same in all: (kind, key) -> body.
using RowKey = std::pair<std::string, std::string>;
using MemoryRows = std::map<RowKey, std::string>;

/// The account's own row stands under a Worker without a name.
inline constexpr std::string_view kAccountRow = "account";

/// Which rows must be written and which go, to get from `before` to `after`.
struct MemoryChange {
  MemoryRows write;
  std::vector<RowKey> remove;
};

/// One generation's place in the order is its key; so `before` must say where each one stands.
struct Kept {
  Memory memory;                      ///< Less its intents.
  std::vector<std::uint64_t> places;  ///< Of `memory.generations`, rising.
  bool stored = false;                ///< False for a Worker that was never kept.
};

/// Makes the change and what is kept after it. Costs little where little changed: rows are only
/// encoded where their values differ.
std::pair<MemoryChange, Kept> change(const Kept& before, const Memory& after);

/// Adds a row to `kept`. False where it is not one that this code could have written. Rows come
/// in order of (kind, key).
bool restore(const RowKey& key, std::string_view body, Kept& kept);

}  // namespace rollout
