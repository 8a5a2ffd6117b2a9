// SPDX-License-Identifier: Apache-2.0
// Finds the Worker that stands in a configuration twice, by its name and by its id: each entry
// would make its own version of a build, and delete what the other one protects. Only Cloudflare
// can tell.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "daemon/ports/versions_api.h"

namespace rollout {

class Namesakes {
 public:
  explicit Namesakes(VersionsApi& api) : api_(api) {}

  /// The account's Workers as they are configured now. Ids are looked up anew.
  void configure(std::vector<WorkerId> workers);

  /// The other entry of the same Worker, where there is one. It fails where an id that may be the
  /// same one cannot be looked up; one that is not there is none.
  Result<std::optional<WorkerId>> other_entry(const WorkerId& worker);

 private:
  Result<std::optional<WorkerId>> name_of(const WorkerId& id);

  VersionsApi& api_;
  std::vector<WorkerId> workers_;
  std::map<WorkerId, WorkerId> name_of_;  ///< By id.
};

}  // namespace rollout
