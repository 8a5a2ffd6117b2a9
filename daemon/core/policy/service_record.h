// SPDX-License-Identifier: Apache-2.0
// What the deployments say of one version, as far as retention asks.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "daemon/core/model/deployment.h"
#include "daemon/core/policy/calendar.h"

namespace rollout {

/// The instants are not after the `now` they were computed for: what still goes on ends then.
struct ServiceRecord {
  std::optional<Instant> served_until;  ///< End of its last service with any traffic.
  std::optional<Instant> stable_until;  ///< End of its last stretch at 100 % of at least `soak`.
  enum class Traffic { ended, flows } traffic = Traffic::ended;
  Traffic stable = Traffic::ended;   ///< Whether that stretch goes on.
  std::optional<Instant> stable_at;  ///< When a stretch at 100 % that goes on will be one.
};

/// Versions that never carried traffic before `now` have no record.
std::map<VersionId, ServiceRecord> service_records(const DeploymentHistory& history,
                                                   const Duration& soak, Instant now,
                                                   const Zone& zone = {});

}  // namespace rollout
