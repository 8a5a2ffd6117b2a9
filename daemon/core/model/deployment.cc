// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/deployment.h"

#include <algorithm>

namespace rollout {
namespace {

/// The open stretch of `version`, if it has one.
Service* open_stretch(std::vector<Service>& stretches, const VersionId& version) {
  const auto found = std::find_if(stretches.rbegin(), stretches.rend(),
                                  [&](const Service& s) { return s.version == version && !s.to; });
  return found == stretches.rend() ? nullptr : &*found;
}

bool carries(const Deployment& deployment, const Service& service) {
  return std::any_of(
      deployment.versions.begin(), deployment.versions.end(), [&](const Share& share) {
        return share.version == service.version && share.percentage == service.percentage;
      });
}

}  // namespace

std::vector<Service> services(const DeploymentHistory& history) {
  std::vector<Service> stretches;
  for (auto it = history.deployments.rbegin(); it != history.deployments.rend(); ++it) {
    if (!it->created_on) continue;
    for (Service& service : stretches) {
      if (!service.to && !carries(*it, service)) service.to = *it->created_on;
    }
    for (const Share& share : it->versions) {
      if (open_stretch(stretches, share.version) != nullptr) continue;
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
