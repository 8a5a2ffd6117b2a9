// SPDX-License-Identifier: Apache-2.0
// What is known of earlier passes over an account as a whole, beside the memory of its Workers.
#pragma once

#include <optional>
#include <string>

#include "daemon/core/model/instant.h"

namespace rollout {

/// What holds pruning back for an hour. After a restart the hour begins anew: slower, never wrong.
struct Holds {
  bool clock = false;         ///< A clock jumped, or two disagreed.
  bool bad_reads = false;     ///< A listing or a read of the deployments was bad.
  bool many_creates = false;  ///< More than 20 versions were made within an hour.
  auto operator<=>(const Holds&) const = default;
};

struct AccountMemory {
  Holds holds;
  /// When the journal was last found to be lost: pins of any Worker may be lost with it. A Worker
  /// whose memory does not name this loss has not been held for it yet.
  std::optional<Instant> lost_at;
  std::string lost_because = {};  ///< In a sentence.
  auto operator<=>(const AccountMemory&) const = default;
};

}  // namespace rollout
