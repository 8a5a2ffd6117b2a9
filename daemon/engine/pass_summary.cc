// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/pass_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "daemon/core/model/trailer.h"
#include "daemon/core/plan/approval.h"

namespace rollout {
namespace {

std::string tag_of(const Listing& listing, const VersionId& id) {
  for (const Version& version : listing.versions) {
    if (version.id == id) return version.annotations.tag;
  }
  return "";
}

std::string condition_of(const Observed& observed, PassFinished::Result result) {
  if (is_suspended(observed)) return "Suspended";
  if (result == PassFinished::Result::error || observed.builds.unavailable) return "Stalled";
  return observed.mode == Mode::observe ? "Observing" : "Ready";
}

std::string sentence(const Observed& observed, const Plan& plan) {
  std::size_t creates = 0;
  for (const Action& action : plan.actions) {
    if (std::holds_alternative<CreateVersion>(action)) ++creates;
  }
  std::string text = fmt::format("{} version{}", observed.listing.versions.size(),
                                 observed.listing.versions.size() == 1 ? "" : "s");
  if (observed.mode == Mode::observe && creates > 0)
    text += fmt::format(", would create {}", creates);
  if (!plan.ready.empty() && !plan.stops.empty()) {
    text += fmt::format(", {} to delete but {}", plan.ready.size(), plan.stops.front().message);
  }
  if (plan.waiting > 0) text += fmt::format(", {} within their grace", plan.waiting);
  if (!plan.settling.empty()) text += ", a create is being settled";
  for (const Notice& notice : plan.notices) text += ", " + notice.message;
  if (observed.builds.unavailable) text += ", build root unavailable";
  return text;
}

}  // namespace

void forget_deleted(const std::vector<VersionId>& deleted, Observed& observed, Plan& plan) {
  const auto is_gone = [&](const VersionId& version) {
    return std::find(deleted.begin(), deleted.end(), version) != deleted.end();
  };
  std::erase_if(observed.listing.versions, [&](const Version& v) { return is_gone(v.id); });
  std::erase_if(plan.verdicts, [&](const Verdict& v) { return is_gone(v.version); });
  std::erase_if(plan.ready, [&](const PruneVersion& p) { return is_gone(p.version); });
}

PassFinished summarize(const Observed& observed, const Plan& plan, PassFinished::Result result) {
  PassFinished finished;
  finished.result = result;
  finished.versions = observed.listing.versions.size();
  for (const Version& version : observed.listing.versions) {
    if (!parse_trailer(version.annotations.message)) ++finished.foreign;
  }
  std::map<std::string, std::size_t> kept_by;
  for (const Verdict& verdict : plan.verdicts) {
    if (verdict.kept()) {
      ++finished.kept;
      ++kept_by[std::string(to_string(verdict.reasons.front().code))];
    } else {
      ++finished.prunable;
    }
  }
  finished.kept_by.assign(kept_by.begin(), kept_by.end());
  if (!observed.deployments.deployments.empty()) {
    finished.serving = observed.deployments.deployments.front().versions;
    finished.active = finished.serving.size();
    if (!finished.serving.empty()) {
      finished.active_tag = tag_of(observed.listing, finished.serving.front().version);
    }
  }
  if (observed.mode == Mode::enforce &&
      std::ranges::any_of(plan.stops, lifted_by_approval, &Stop::code)) {
    finished.awaits = plan.id;
  }
  finished.condition = condition_of(observed, result);
  finished.summary = sentence(observed, plan);
  return finished;
}

PassOutcome finish_failed(Teller& teller, const WorkerConfig& worker, Failure failure, Tick start,
                          Tick now) {
  PassFinished finished;
  finished.result = PassFinished::Result::error;
  finished.took = now - start;
  finished.answered = false;
  finished.condition = "Stalled";
  finished.summary = failure.sentence();
  // What is wrong on this host may be mended any minute; a full disk, above all.
  finished.next_look = failure.kind == FailureKind::local
                           ? std::min(worker.interval, Millis(std::chrono::minutes(1)))
                           : worker.interval;
  PassOutcome outcome;
  outcome.result = PassFinished::Result::error;
  outcome.look_again = now + finished.next_look;
  outcome.summary = finished.summary;
  outcome.failure = std::move(failure);
  teller.tell(std::move(finished));
  return outcome;
}

}  // namespace rollout
