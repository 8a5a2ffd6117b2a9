// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace rollout {

/// What is held against deleting, beyond the listing: the account's and the host's state.
struct Hazards {
  bool configuration_broken = false;  ///< The last reload failed.
  bool clock_suspect = false;         ///< A clock jumped, or two disagreed.
  bool bad_reads = false;             ///< A listing, deployments read or clock was bad lately.
  bool many_creates = false;          ///< This daemon made more than 20 versions in an hour.
  bool recovering = false;            ///< The journal was lost; the settle period is not over.
};

}  // namespace rollout
