// SPDX-License-Identifier: Apache-2.0
// The past of one Worker that `policy replay` and `policy diff` judge.
#pragma once

#include <string>

#include "daemon/app/policy_commands.h"
#include "daemon/app/run.h"
#include "daemon/core/plan/recorded_list.h"

namespace rollout {

struct Past {
  RecordedList list;
  Instant until{};  ///< `--at`, or now.
};

enum class Reach { present, history };

/// From the file of `--versions`; or, of the Worker, what Cloudflare lists and what its journal
/// tells of pins and, where the
/// reach is history, of the versions that are gone. Nothing is written anywhere.
OrExit<Past> read_past(const PastSource& source, Reach reach, Session& session);

/// `180d` before `until`, or a time of its own; empty: before all that there is.
Instant beginning(const std::string& since, const RetentionPolicy& policy, Instant until);

/// A policy file by itself; its errors are printed, exit 78.
OrExit<RetentionPolicy> read_retention_policy(const std::string& path, Session& session);

}  // namespace rollout
