// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/newcomers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace rollout {

void Newcomers::configure(std::set<WorkerId> workers) {
  workers_ = std::move(workers);
  known_.reset();
}

Result<std::optional<std::string>> Newcomers::receive(const WorkerId& worker) {
  if (!known_) {
    TRY_ASSIGN(known_, journal_.workers());
  }
  if (known_->contains(worker)) return std::nullopt;
  std::vector<WorkerId> gone;
  std::set_difference(known_->begin(), known_->end(), workers_.begin(), workers_.end(),
                      std::back_inserter(gone));
  if (gone.empty()) {
    known_->insert(worker);
    return std::nullopt;
  }
  TRY_ASSIGN(Memory memory, journal_.recall(worker));
  std::vector<std::string> names;
  std::string suspended;
  for (const WorkerId& other : gone) {
    names.push_back(other.text());
    TRY_ASSIGN(Memory formerly, journal_.recall(other));
    if (memory.suspension || !formerly.suspension) continue;
    memory.suspension = std::move(formerly.suspension);
    suspended =
        fmt::format("; it is suspended as {} was: {}", other.text(), memory.suspension->reason);
  }
  memory.newcomer = true;
  memory.prune_held = true;
  memory.prune_held_because = fmt::format(
      "nothing is known of {}, and the journal knows {}, which is no longer configured: if that is "
      "the same Worker by its other name, its pins stand there: pin again what must stay{}",
      worker.text(), fmt::join(names, ", "), suspended);
  TRY(journal_.keep(worker, memory));
  known_->insert(worker);
  return memory.prune_held_because;
}

}  // namespace rollout
