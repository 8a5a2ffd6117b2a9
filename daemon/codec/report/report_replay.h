// SPDX-License-Identifier: Apache-2.0
// What `policy replay` and `policy diff` print with `-o json`.
#pragma once

#include <span>
#include <string>

#include "daemon/codec/json.h"
#include "daemon/core/plan/replay.h"
#include "daemon/core/policy/fates.h"

namespace rollout {

Json replay_to_json(const RetentionPolicy& policy, const Replay& replay);

/// Two policies, and the files they are in.
struct ComparedPolicy {
  std::string file;
  const RetentionPolicy* policy = nullptr;  ///< Never null.
};
struct Comparison {
  ComparedPolicy before;
  ComparedPolicy after;
  std::size_t versions = 0;
};

/// At one moment.
Json changes_to_json(const Comparison& comparison, Instant at, std::span<const FateChange> changes);
/// Over a time.
struct ReplayedComparison {
  Comparison policies;
  const Replay& before;
  const Replay& after;
};
Json changes_to_json(const ReplayedComparison& comparison);

}  // namespace rollout
