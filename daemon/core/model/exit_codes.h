// SPDX-License-Identifier: Apache-2.0
// Exit codes of both programs (operations.md), as far as possible those of sysexits.h.
#pragma once

#include "daemon/core/model/failure.h"

namespace rollout {

enum ExitCode : int {
  kExitOk = 0,
  kExitFailed = 1,
  kExitChangesPending = 2,  ///< `plan --detailed-exitcode`
  kExitLintWarnings = 3,
  kExitWaitingForPerson = 4,
  kExitUsage = 64,
  kExitUnreachable = 69,  ///< Cloudflare or the daemon.
  kExitStateInUse = 73,   ///< Another instance owns the state directory.
  kExitRateLimited = 75,
  kExitStateTooNew = 76,  ///< The state was written by a newer version.
  kExitUnauthorized = 77,
  kExitConfig = 78,
};

/// What a command line tool exits with after this failure.
ExitCode exit_code(const Failure& failure);

}  // namespace rollout
