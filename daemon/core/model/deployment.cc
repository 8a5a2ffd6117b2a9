// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/deployment.h"

#include <algorithm>

namespace rollout {
namespace {

bool carries(const Deployment& deployment, const Service& service) {
  return std::any_of(
      deployment.versions.begin(), deployment.versions.end(), [&](const Share& share) {
        return share.version == service.version && share.percentage == service.percentage;
      });
}

}  // namespace

std::vector<Service> services(const DeploymentHistory& history) {
  std::vector<Service> stretches;
  std::vector<std::size_t> open;  // Which have not ended: two at most, however long the history.
  for (auto it = history.deployments.rbegin(); it != history.deployments.rend(); ++it) {
    if (!it->created_on) continue;
    std::erase_if(open, [&](std::size_t index) {
      if (carries(*it, stretches[index])) return false;
      stretches[index].to = *it->created_on;
      return true;
    });
    for (const Share& share : it->versions) {
      if (std::any_of(open.begin(), open.end(), [&](std::size_t index) {
            return stretches[index].version == share.version;
          })) {
        continue;
      }
      open.push_back(stretches.size());
      stretches.push_back({share.version, *it->created_on, std::nullopt, share.percentage});
    }
  }
  return stretches;
}

bool serves_now(const DeploymentHistory& history, const VersionId& version) {
  if (history.deployments.empty()) return false;
  const auto& shares = history.deployments.front().versions;
  return std::any_of(shares.begin(), shares.end(),
                     [&](const Share& share) { return share.version == version; });
}

}  // namespace rollout
