// SPDX-License-Identifier: Apache-2.0
// Bugs that are planted on purpose: a simulator that does not find them is not to be believed.
// Each stands between the engine and a port, or in the configuration; the product has none of it.
#pragma once

#include <memory>
#include <string_view>

#include "daemon/core/plan/config.h"
#include "daemon/ports/journal.h"
#include "daemon/ports/versions_api.h"

namespace rollout {

enum class Plant {
  none,
  blind_retry,        ///< A POST whose answer was lost is sent again at once.
  intent_not_synced,  ///< `begin` returns before anything is on the disk.
  settle_ignored,     ///< A lost answer is settled by one look, at once.
  first_page_only,    ///< Of a listing, only the first page is read.
  intent_forgotten,   ///< A new process does not know what the old one was doing.
  deployed_ignored,   ///< The serving version is not seen as such.
  sort_reversed,      ///< The oldest versions are taken for the newest.
  grace_ignored,      ///< What is condemned goes at once.
  limits_ignored,     ///< A run may delete anything.
  scope_ignored,      ///< Other people's versions are treated as ours.
  approval_ignored,   ///< Nobody is asked, however much goes.
  ratchet_forgotten,  ///< It is not remembered which policy was agreed to.
  window_ignored,     ///< Deletes happen at any hour.
  list_once,          ///< Where a listing is to be read again, the first one is taken for it.
};
inline constexpr Plant kPlants[] = {
    Plant::blind_retry,     Plant::intent_not_synced, Plant::settle_ignored,
    Plant::first_page_only, Plant::intent_forgotten,  Plant::deployed_ignored,
    Plant::sort_reversed,   Plant::grace_ignored,     Plant::limits_ignored,
    Plant::scope_ignored,   Plant::approval_ignored,  Plant::ratchet_forgotten,
    Plant::window_ignored,  Plant::list_once};
std::string_view to_string(Plant plant);

/// The invariant (its first word) that must catch it.
std::string_view caught_by(Plant plant);

void plant_in(Plant plant, Config& config);

/// Around the real one, for one process. Returns null where the plant is not in it.
std::unique_ptr<VersionsApi> plant_in(Plant plant, VersionsApi& api);
std::unique_ptr<Journal> plant_in(Plant plant, Journal& journal);

}  // namespace rollout
