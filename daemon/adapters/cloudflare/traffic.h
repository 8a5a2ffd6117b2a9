// SPDX-License-Identifier: Apache-2.0
// What the clients of one account have sent, for metrics.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "daemon/core/model/histogram.h"
#include "daemon/core/model/instant.h"

namespace rollout {

/// A snapshot. Names of operations are those of the metrics: `list`, `get`, `create`, `patch`,
/// `delete`, `worker`, `deployments`, `deploy`, `assets`, `upload`.
struct Traffic {
  /// Operation and class: `2xx`, `4xx`, `429`, `5xx`, or `net` where no answer came.
  std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> requests;
  std::map<std::string_view, Histogram> durations;  ///< By operation.
  /// Writes that read-only access kept back, by operation.
  std::map<std::string_view, std::uint64_t> blocked_writes;
  /// Of the quota that all clients of the account share; none before the first answer.
  std::optional<std::uint64_t> budget_remaining;
  std::optional<Millis> budget_reset;
  bool write_in_flight = false;
};

/// `2xx`, `4xx`, `429`, `5xx`; everything else, 0 included, is `net`.
std::string_view class_of_status(int status);

}  // namespace rollout
