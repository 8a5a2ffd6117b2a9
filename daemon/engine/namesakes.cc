// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/namesakes.h"

#include <algorithm>

namespace rollout {

void Namesakes::configure(std::vector<WorkerId> workers) {
  workers_ = std::move(workers);
  name_of_.clear();
}

std::optional<WorkerId> Namesakes::other_entry(const WorkerId& worker) {
  look_up();
  for (const auto& [id, name] : name_of_) {
    if (std::find(workers_.begin(), workers_.end(), name) == workers_.end()) continue;
    if (id == worker) return name;
    if (name == worker) return id;
  }
  return std::nullopt;
}

/// Costs nothing where all stand by their names, or all by their ids.
void Namesakes::look_up() {
  if (std::all_of(workers_.begin(), workers_.end(), is_hex_id)) return;
  for (const WorkerId& id : workers_) {
    if (!is_hex_id(id) || name_of_.contains(id)) continue;
    if (const auto found = api_.worker(id)) name_of_.emplace(id, WorkerId(found->name));
  }
}

}  // namespace rollout
