// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/namesakes.h"

#include <algorithm>

namespace rollout {

void Namesakes::configure(std::vector<WorkerId> workers) {
  workers_ = std::move(workers);
  name_of_.clear();
}

/// Costs nothing where all stand by their names, or all by their ids.
Result<std::optional<WorkerId>> Namesakes::other_entry(const WorkerId& worker) {
  if (std::all_of(workers_.begin(), workers_.end(), is_hex_id)) return std::nullopt;
  if (is_hex_id(worker)) {
    TRY_ASSIGN(const auto name, name_of(worker));
    const bool twice = name && std::find(workers_.begin(), workers_.end(), *name) != workers_.end();
    return twice ? name : std::nullopt;
  }
  for (const WorkerId& id : workers_) {
    if (!is_hex_id(id)) continue;
    TRY_ASSIGN(const auto name, name_of(id));
    if (name == worker) return id;
  }
  return std::nullopt;
}

Result<std::optional<WorkerId>> Namesakes::name_of(const WorkerId& id) {
  if (const auto known = name_of_.find(id); known != name_of_.end()) return known->second;
  auto found = api_.worker(id);
  if (found) return name_of_[id] = WorkerId(found->name);
  if (found.error().kind == FailureKind::not_found) return std::nullopt;
  return std::unexpected(std::move(found).error());
}

}  // namespace rollout
