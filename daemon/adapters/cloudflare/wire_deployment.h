// SPDX-License-Identifier: Apache-2.0
// Workers, deployments and tokens as the API writes them. Pure; the rules of wire_version.h hold.
// Source: GET .../workers/workers/{id}, .../workers/scripts/{name}/deployments, .../tokens/verify.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "daemon/adapters/cloudflare/wire_version.h"
#include "daemon/core/model/deployment.h"

namespace rollout {

Wire<Worker> worker_from_json(const Json& object);

/// `expires_on` of a token that was verified.
Wire<std::optional<Instant>> token_expiry_from_json(const Json& object);

Wire<Deployment> deployment_from_json(const Json& object);

/// `{"deployments": [...]}`, in the order given: the first one is serving.
Wire<std::vector<Deployment>> deployments_from_json(const Json& object);

/// The body of a new deployment. An empty message is not sent.
Json deployment_to_json(const std::vector<Share>& shares, std::string_view message);

}  // namespace rollout
