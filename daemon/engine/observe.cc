// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/observe.h"

#include <algorithm>

namespace rollout {

std::string trying_with(const Config& config) {
  return config.program.empty() ? config.digest : config.digest + ' ' + config.program;
}

Result<Observed> observe(const Ports& ports, const Assignment& assignment, const Caution& caution,
                         const std::map<IntentId, Settling>& settling, const Course& course) {
  const WorkerConfig& worker = *assignment.worker;
  Observed observed;
  observed.worker = &worker;
  observed.account = assignment.account;
  observed.mode = assignment.config->mode;
  observed.trying_with = trying_with(*assignment.config);
  observed.host_name = assignment.config->host_name;
  if (worker.build) observed.builds = ports.builds.look(worker);
  TRY_ASSIGN(observed.memory, ports.journal.recall(worker.id));
  observed.listing_asked = ports.clock.tick();
  TRY_ASSIGN(observed.listing, ports.api.list(worker.id));
  TRY_ASSIGN(observed.deployments, ports.api.deployments(worker.id));
  observed.settling = settling;
  observed.short_since = course.short_since;
  observed.just_made = course.just_made;
  observed.tick = ports.clock.tick();
  observed.hazards = caution.hazards(observed.tick);
  // An outage between two plans is not observed time: at most two intervals count.
  observed.elapsed = course.last_plan
                         ? std::min(observed.tick - *course.last_plan, 2 * worker.interval)
                         : Millis(0);
  // Ages are the server's dates against the server's clock.
  const auto& server_time = observed.deployments.server_time ? observed.deployments.server_time
                                                             : observed.listing.server_time;
  observed.now = server_time.value_or(ports.clock.now());
  return observed;
}

}  // namespace rollout
