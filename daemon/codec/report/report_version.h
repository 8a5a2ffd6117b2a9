// SPDX-License-Identifier: Apache-2.0
// Versions, deployments, verdicts and failures as this product writes them: the one encoding of
// `-o json`, the control socket and the status page (formats.md). Versions and deployments look as
// the Versions API has them, so that a listing can be kept and given to `policy preview`.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "daemon/codec/json.h"
#include "daemon/core/model/deployment.h"
#include "daemon/core/model/failure.h"
#include "daemon/core/model/version.h"
#include "daemon/core/plan/config.h"
#include "daemon/core/plan/plan.h"
#include "daemon/core/policy/retention.h"

namespace rollout {

inline constexpr std::string_view kReportVersion = "rolloutctl/v1";

/// `{"apiVersion": "rolloutctl/v1"}`, to be filled.
Json report_frame();

Json version_to_json(const Version& version);
/// With its settings and what is known of its modules.
Json version_detail_to_json(const VersionDetail& detail);
Json deployment_to_json(const Deployment& deployment);
/// A recorded list (formats.md): versions, deployments, no pins.
Json recorded_list_to_json(const Listing& listing, const DeploymentHistory& history);

/// With the date (`until`) or the event (`ends_when`) that ends each; what has neither stays.
Json reasons_to_json(std::span<const Reason> reasons);
Json verdict_to_json(const Verdict& verdict);
/// The format "Verdicts": the output of `policy preview -o json`.
Json verdicts_to_json(std::span<const Verdict> verdicts, std::span<const Stop> stops);
Json stops_to_json(std::span<const Stop> stops);

/// Shares with the numbers and tags of the versions they name, where those are known.
Json shares_to_json(std::span<const Share> shares, std::span<const Version> versions);

Json config_errors_to_json(std::span<const ConfigError> errors);
/// `{"code": "Throttled", "message": "..."}`, with what Cloudflare said beside it.
Json failure_to_json(const Failure& failure);

}  // namespace rollout
