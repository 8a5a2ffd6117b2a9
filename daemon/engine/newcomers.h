// SPDX-License-Identifier: Apache-2.0
// Finds the Worker that its journal does not know, beside one that it knows and that is no longer
// configured: they may be one, called by its name and by its id, or renamed. What a person said of
// it, and what was sent for it, then stands under the other name.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "daemon/ports/journal.h"

namespace rollout {

class Newcomers {
 public:
  explicit Newcomers(Journal& journal) : journal_(journal) {}

  /// The account's Workers as they are configured now.
  void configure(std::set<WorkerId> workers);

  /// Writes down that a newcomer is held; why, in a sentence, the first time. A suspension comes
  /// over to it. Costs nothing for a Worker that is known.
  Result<std::optional<std::string>> receive(const WorkerId& worker);

 private:
  Journal& journal_;
  std::set<WorkerId> workers_;
  std::optional<std::set<WorkerId>> known_;  ///< Read once a configuration.
};

}  // namespace rollout
