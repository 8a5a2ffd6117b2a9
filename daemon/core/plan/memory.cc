// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/memory.h"

#include <source_location>

#include "daemon/core/model/ensure.h"

namespace rollout {

std::string_view to_string(IntentKind kind) {
  switch (kind) {
    case IntentKind::create:
      return "create";
    case IntentKind::prune:
      return "prune";
  }
  ensure_failed("an unknown kind of intent", std::source_location::current());
}

std::string_view to_string(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::done:
      return "done";
    case OutcomeKind::adopted:
      return "adopted";
    case OutcomeKind::failed:
      return "failed";
    case OutcomeKind::refused:
      return "refused";
    case OutcomeKind::abandoned:
      return "abandoned";
  }
  ensure_failed("an unknown kind of outcome", std::source_location::current());
}

}  // namespace rollout
