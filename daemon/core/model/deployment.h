// SPDX-License-Identifier: Apache-2.0
// Which versions carry traffic, and which carried it when.
// Source: GET /accounts/{id}/workers/scripts/{name}/deployments.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/core/model/ids.h"
#include "daemon/core/model/instant.h"
#include "daemon/core/model/version.h"

namespace rollout {

struct Share {
  VersionId version;
  double percentage = 0;  ///< 0 to 100; the shares of one deployment add up to 100.
};

struct Deployment {
  DeploymentId id;
  std::optional<Instant> created_on;
  std::string source;
  std::string strategy;
  std::string author_email;
  std::vector<Share> versions;  ///< One or two.
  Annotations annotations;
};

/// All deployments, newest first: the first one is serving. Empty: the Worker never served.
struct DeploymentHistory {
  std::vector<Deployment> deployments;
  std::optional<Instant> server_time;
};

/// One stretch in which a version carried a share. `to` is none while it still does.
struct Service {
  VersionId version;
  Instant from;
  std::optional<Instant> to;
  double percentage = 0;
};

/// A deployment is in force from its `created_on` until the next one's. Neighbouring stretches of
/// one version with the same share are one. Oldest first. Deployments without a date are left out.
std::vector<Service> services(const DeploymentHistory& history);

/// True where the current deployment names the version, with any share, 0 included.
bool serves_now(const DeploymentHistory& history, const VersionId& version);

}  // namespace rollout
