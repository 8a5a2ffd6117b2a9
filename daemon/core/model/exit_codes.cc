// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/exit_codes.h"

namespace rollout {

ExitCode exit_code(const Failure& failure) {
  switch (failure.kind) {
    case FailureKind::transient:
      return kExitUnreachable;
    case FailureKind::throttled:
      return kExitRateLimited;
    case FailureKind::unauthorized:
      return kExitUnauthorized;
    case FailureKind::refused:
    case FailureKind::not_found:
    case FailureKind::unknown_outcome:
    case FailureKind::invalid:
    case FailureKind::local:
      return kExitFailed;
  }
  return kExitFailed;
}

}  // namespace rollout
