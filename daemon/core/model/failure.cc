// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/failure.h"

#include <fmt/format.h>

#include "daemon/core/model/ensure.h"

namespace rollout {

std::string_view to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::transient:
      return "transient";
    case FailureKind::throttled:
      return "throttled";
    case FailureKind::refused:
      return "refused";
    case FailureKind::not_found:
      return "not_found";
    case FailureKind::unauthorized:
      return "unauthorized";
    case FailureKind::unknown_outcome:
      return "unknown_outcome";
    case FailureKind::invalid:
      return "invalid";
    case FailureKind::local:
      return "local";
  }
  ensure_failed("an unknown failure kind", std::source_location::current());
}

std::string Failure::sentence() const {
  std::string facts;
  const auto add = [&facts](const std::string& fact) {
    facts += (facts.empty() ? "" : ", ") + fact;
  };
  if (http_status != 0) add(fmt::format("HTTP {}", http_status));
  if (code != 0) add(fmt::format("code {}", code));
  if (!pointer.empty()) add(fmt::format("at {}", pointer));
  if (!cf_ray.empty()) add(fmt::format("ray {}", cf_ray));
  if (retry_after) add(fmt::format("retry after {}", for_people(*retry_after)));
  if (!documentation_url.empty()) add(fmt::format("see {}", documentation_url));
  return fmt::format("{}{}{}{}", during, during.empty() ? "" : ": ", detail,
                     facts.empty() ? "" : fmt::format(" ({})", facts));
}

}  // namespace rollout
