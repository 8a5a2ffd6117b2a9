// SPDX-License-Identifier: Apache-2.0
// The status in the forms in which it is read: JSON, Prometheus' text, a list of checks.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/status/status.h"
#include "daemon/codec/json.h"

namespace rollout {

/// What `rolloutctl status -o json` prints. It holds instants, no ages: it stays the same while
/// nothing happens.
Json status_to_json(const Status& status);

/// What one account's API client counts.
struct ApiUsage {
  AccountName account;
  struct Call {
    std::string op;             ///< `list`, `create`, ...
    std::string outcome_class;  ///< `2xx`, `4xx`, `429`, `5xx`, `net`
    auto operator<=>(const Call&) const = default;
  };
  std::map<Call, std::uint64_t> requests;
  std::map<std::string, Histogram> durations;           ///< By op.
  std::map<std::string, std::uint64_t> blocked_writes;  ///< In read-only mode, by op.
  std::optional<double> budget_remaining;               ///< Requests.
  std::optional<double> budget_reset_seconds;
};

/// Prometheus' text format, version 0.0.4.
std::string metrics_text(const Status& status, const std::vector<ApiUsage>& usage);

struct Check {
  std::string name;
  bool good = false;
  std::string detail;
};
/// Whether the daemon can do its work. An outage of Cloudflare makes it unready, never unhealthy: a
/// restart would not help.
std::vector<Check> readiness(const Status& status, Tick now);

}  // namespace rollout
