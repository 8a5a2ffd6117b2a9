// SPDX-License-Identifier: Apache-2.0
// Whether what a configuration names is there: accounts that answer, Workers, build directories.
// Nothing but reads leaves the process.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/app/session.h"

namespace rollout {

struct OnlineFindings {
  struct Problem {
    int exit = 0;         ///< As a command would end that met it.
    std::string message;  ///< One sentence with what and where.
  };
  std::vector<Problem> problems;
  std::vector<std::string> good;         ///< One sentence for each thing that is right.
  std::map<WorkerId, Listing> listings;  ///< Where the retention policy goes by tags.
};

OnlineFindings check_online(const Config& config, Session& session);

}  // namespace rollout
