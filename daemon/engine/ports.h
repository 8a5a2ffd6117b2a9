// SPDX-License-Identifier: Apache-2.0
// What one lane works with. All borrowed; all outlive the lane.
#pragma once

#include "daemon/ports/build_source.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/event_sink.h"
#include "daemon/ports/journal.h"
#include "daemon/ports/policy_source.h"
#include "daemon/ports/random.h"
#include "daemon/ports/triggers.h"
#include "daemon/ports/versions_api.h"

namespace rollout {

struct Ports {
  Clock& clock;
  Random& random;
  VersionsApi& api;
  BuildSource& builds;
  Journal& journal;
  Triggers& triggers;
  EventSink& events;
  PolicySource& policies;
};

}  // namespace rollout
