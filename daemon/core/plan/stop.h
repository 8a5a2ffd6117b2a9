// SPDX-License-Identifier: Apache-2.0
// Why a plan deletes nothing, and what else a person should know of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/model/ids.h"

namespace rollout {

/// Why nothing is deleted in this pass. Codes are CamelCase and documented in policies/README.md.
enum class StopCode {
  ObserveMode,
  Suspended,
  ConfigurationBroken,
  RootUnavailable,
  CreateAmbiguous,
  NoCurrentDeployment,
  SameInstants,
  NumberWentDown,
  EmptyListing,
  MaxDeletes,
  MaxPercent,
  GroupWouldEmpty,
  ClockSuspect,
  BadReads,
  ManyCreates,
  JournalLost,
  PruneHeld,
  OutsideWindow,
  ApproveOver,
  Ratchet,
  DeployedNotListed,
};
std::string_view to_string(StopCode code);

struct Stop {
  StopCode code = StopCode::ObserveMode;
  std::string message;  ///< A sentence with the numbers in it.
};

/// What a person should know though nothing is done about it. Codes as of the stops.
struct Notice {
  std::string code;
  std::string message;  ///< A sentence that says what to do.
  std::optional<VersionId> version;
};

}  // namespace rollout
