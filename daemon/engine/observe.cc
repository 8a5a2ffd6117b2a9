// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/observe.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/plan/prune.h"

namespace rollout {

std::string trying_with(const Config& config) {
  return config.program.empty() ? config.digest : config.digest + ' ' + config.program;
}

namespace {

/// Where nobody knows which time is right: a pin must not end early, nor a version be old too soon.
Instant earliest(const Observed& observed) {
  const auto& listed = observed.listing.server_time;
  const auto& deployed = observed.deployments.server_time;
  return std::min({listed.value_or(observed.host_now), deployed.value_or(observed.host_now),
                   observed.host_now});
}

/// None where nothing is to be compared.
Result<std::optional<FormerPolicy>> former_policy(const Ports& ports, const WorkerConfig& worker,
                                                  const Memory& memory) {
  const std::string& agreed = memory.agreed_policy;
  if (worker.retention == nullptr || agreed.empty() || agreed == worker.retention->hash) {
    return std::nullopt;
  }
  TRY_ASSIGN(const std::optional<std::string> text, ports.journal.policy(agreed));
  if (!text) return FormerPolicy{nullptr, "the journal does not have its text"};
  auto policy = ports.policies.read_retention(*text);
  if (!policy) return FormerPolicy{nullptr, std::move(policy).error()};
  return FormerPolicy{*std::move(policy), ""};
}

}  // namespace

void hold_pruning(Memory& memory, const Caution& caution) {
  memory.loss_seen = caution.lost_at();
  memory.prune_held = true;
  const std::string& because = caution.lost_because();
  memory.prune_held_because = fmt::format(
      "the journal was lost at {}{}, and pins may be lost with it: pin again what must stay",
      format_rfc3339(*caution.lost_at()), because.empty() ? "" : fmt::format(" ({})", because));
}

Result<Memory> recall(const Ports& ports, const Caution& caution, const WorkerId& worker) {
  TRY_ASSIGN(Memory memory, ports.journal.recall(worker));
  if (caution.lost_at() && memory.loss_seen != caution.lost_at()) {
    hold_pruning(memory, caution);
  }
  return memory;
}

Result<Observed> observe(const Ports& ports, const Assignment& assignment, Caution& caution,
                         const std::map<IntentId, Settling>& settling, const Course& course) {
  const WorkerConfig& worker = *assignment.worker;
  Observed observed;
  observed.worker = &worker;
  observed.account = assignment.account;
  observed.mode = assignment.config->mode;
  observed.trying_with = trying_with(*assignment.config);
  observed.host_name = assignment.config->host_name;
  if (worker.build) observed.builds = ports.builds.look(worker);
  TRY_ASSIGN(observed.memory, recall(ports, caution, worker.id));
  TRY_ASSIGN(observed.former, former_policy(ports, worker, observed.memory));
  observed.listing_asked = ports.clock.tick();
  TRY_ASSIGN(observed.listing, ports.api.list(worker.id));
  TRY_ASSIGN(observed.deployments, ports.api.deployments(worker.id));
  observed.settling = settling;
  observed.short_since = course.short_since;
  observed.just_made = course.just_made;
  observed.may_create_from = course.may_create_from;
  observed.tick = ports.clock.tick();
  // Ages are the server's dates against the server's clock. One wrong `Date` would age all.
  const auto& server_time = observed.deployments.server_time ? observed.deployments.server_time
                                                             : observed.listing.server_time;
  observed.host_now = ports.clock.now();
  observed.now = server_time.value_or(observed.host_now);
  if (!times_agree(observed)) {
    caution.clocks_disagree(observed.tick);
    observed.now = earliest(observed);
  }
  observed.hazards = caution.hazards(observed.tick);
  // An outage between two plans is not observed time: at most two intervals count.
  observed.elapsed = course.last_plan
                         ? std::min(observed.tick - *course.last_plan, 2 * worker.interval)
                         : Millis(0);
  return observed;
}

}  // namespace rollout
