// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/reconciler.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/plan/backoff.h"
#include "daemon/core/plan/ledger.h"
#include "daemon/core/plan/prune.h"
#include "daemon/engine/pass_summary.h"
#include "daemon/engine/pruning.h"

namespace rollout {
namespace {

/// Creates of one pass; a Worker with more waiting builds than this goes on in the next pass.
constexpr int kRounds = 50;

constexpr std::size_t kEntriesOfAVersion = 20;

RunId new_run(Random& random) {
  return RunId(fmt::format("r-{:08x}", static_cast<std::uint32_t>(random.next())));
}

bool is_alarm(StopCode code) {
  switch (code) {
    case StopCode::ObserveMode:
    case StopCode::Suspended:
    case StopCode::CreateAmbiguous:
      return false;
    default:
      return true;
  }
}

/// A plan is told again where it would write something else, or where something else is in its way.
std::string name_with_alarms(const Plan& plan) {
  std::string name = plan.id;
  for (const Stop& stop : plan.stops) {
    if (is_alarm(stop.code)) name += fmt::format(" {}", to_string(stop.code));
  }
  return name;
}

}  // namespace

PassOutcome Reconciler::pass(const Assignment& assignment, Course& course,
                             const std::string& actor) {
  const Tick start = ports_.clock.tick();
  Teller teller(ports_, {assignment.account->name, assignment.worker->id, new_run(ports_.random),
                         assignment.config->generation, assignment.config->mode, actor});
  bool wrote = false;
  WritesSeen writes;
  for (int round = 1;; ++round) {
    auto observed = observe(ports_, assignment, caution_, settling_, course);
    if (!observed) {
      note_bad_read(observed.error());
      return finish_failed(teller, *assignment.worker, std::move(observed).error(), start,
                           ports_.clock.tick());
    }
    Plan plan = rollout::plan(*observed);
    if (caution_.recovering()) hold_pruning(plan.memory, caution_);
    watch_length(*observed, course);
    if (auto kept = keep(*assignment.worker, plan.memory); !kept) {
      teller.tell(JournalDegraded{kept.error().sentence()});
      return finish_failed(teller, *assignment.worker, std::move(kept).error(), start,
                           ports_.clock.tick());
    }
    course.last_plan = observed->tick;
    course.may_create_from = plan.may_create_from;
    adopt_settling(*observed, plan);
    tell_plan(teller, plan, course);
    Acting acting{ports_,      assignment,       caution_, settling_, teller,
                  plan.memory, course.just_made, writes,   plan.id};
    Acted acted = act(acting, *observed, plan);
    wrote = wrote || acted.wrote;
    const bool again = acted.next == Next::observe_again && round < kRounds && !acted.failure &&
                       !ports_.triggers.stopping();
    if (again) continue;
    PassOutcome outcome;
    outcome.failure = std::move(acted.failure);
    const bool error = outcome.failure || observed->builds.unavailable;
    outcome.result = error   ? PassFinished::Result::error
                     : wrote ? PassFinished::Result::changed
                             : PassFinished::Result::noop;
    outcome.look_again = next_look(assignment, *observed, plan);
    forget_deleted(writes.deleted, *observed, plan);
    PassFinished finished = summarize(*observed, plan, outcome.result);
    finished.answered = !outcome.failure || !concerns_account(*outcome.failure);
    outcome.writes = std::move(writes);
    outcome.held = plan.ready.size();
    finished.took = ports_.clock.tick() - start;
    finished.next_look = outcome.look_again - ports_.clock.tick();
    outcome.summary = finished.summary;
    teller.tell(std::move(finished));
    return outcome;
  }
}

/// The policy's text first: whoever finds its hash in the memory must find the text.
Result<void> Reconciler::keep(const WorkerConfig& worker, const Memory& memory) {
  if (worker.retention != nullptr) {
    TRY(ports_.journal.keep_policy(worker.retention->hash, worker.retention->text));
  }
  return ports_.journal.keep(worker.id, memory);
}

Result<PlanReport> Reconciler::preview(const Assignment& assignment, const Course& course) {
  auto read = observe(ports_, assignment, caution_, settling_, course);
  if (!read) {
    note_bad_read(read.error());
    return std::unexpected(std::move(read).error());
  }
  Observed& observed = *read;
  PlanReport report;
  report.worker = assignment.worker->id;
  report.account = assignment.account->name;
  report.mode = assignment.config->mode;
  report.generation = assignment.config->generation;
  report.read_at = observed.now;
  if (!observed.deployments.deployments.empty()) {
    report.serving = observed.deployments.deployments.front().versions;
  }
  report.plan = rollout::plan(observed);
  report.versions = std::move(observed.listing.versions);
  return report;
}

Result<Memory> Reconciler::recall(const WorkerId& worker) {
  return rollout::recall(ports_, caution_, worker);
}

Result<Listing> Reconciler::list(const WorkerId& worker) {
  auto listing = ports_.api.list(worker);
  if (!listing) note_bad_read(listing.error());
  return listing;
}

void Reconciler::note_bad_read(const Failure& failure) {
  if (failure.kind == FailureKind::invalid) caution_.bad_read(ports_.clock.tick());
}

Reconciler::Acted Reconciler::act(Acting& acting, const Observed& observed, const Plan& plan) {
  Acted acted;
  if (observed.mode == Mode::observe) return acted;
  std::vector<PruneVersion> prunes;
  for (const Action& action : plan.actions) {
    if (ports_.triggers.stopping()) return acted;
    std::optional<Failure> failure;
    if (const auto* close = std::get_if<CloseIntent>(&action)) {
      failure = close_intent(acting, *close);
      acted.next = Next::observe_again;
    } else if (const auto* adopt = std::get_if<AdoptVersion>(&action)) {
      failure = adopt_version(acting, *adopt);
      acted.wrote = true;
      acted.next = Next::observe_again;
    } else if (const auto* create = std::get_if<CreateVersion>(&action)) {
      const auto made = create_version(acting, *create);
      acted.next = made && *made == AfterCreate::give_way ? Next::done : Next::observe_again;
      if (made && *made != AfterCreate::go_on) return acted;  // What was read is too old to act by.
      acted.wrote = true;
      if (!made) failure = made.error();
    } else if (const auto* prune = std::get_if<PruneVersion>(&action)) {
      prunes.push_back(*prune);
    }
    if (failure) {
      acted.failure = std::move(failure);
      return acted;
    }
  }
  // What was just made or adopted changes what may go: plan anew before deleting.
  if (prunes.empty() || acted.next == Next::observe_again) return acted;
  acted.wrote = true;
  acted.failure = prune_versions(acting, observed, prunes);
  return acted;
}

void Reconciler::tell_plan(Teller& teller, const Plan& plan, Course& course) {
  for (const EventBody& event : plan.events) {
    if (!was_our_delete(event, teller.about().worker)) teller.tell(event);
  }
  const std::string told = name_with_alarms(plan);
  const bool news = told != course.last_told;
  course.last_told = told;
  if (!news || (plan.ready.empty() && plan.waiting == 0)) return;
  PrunePlanned planned;
  planned.plan_id = plan.id;
  planned.keep = static_cast<std::size_t>(std::count_if(plan.verdicts.begin(), plan.verdicts.end(),
                                                        [](const Verdict& v) { return v.kept(); }));
  planned.remove = plan.ready.size();
  planned.waiting = plan.waiting;
  for (const Stop& stop : plan.stops) planned.stops.push_back(stop.message);
  teller.tell(std::move(planned));
  if (plan.ready.empty()) return;
  for (const Stop& stop : plan.stops) {
    if (!is_alarm(stop.code)) continue;
    teller.tell(PruneRefused{std::string(to_string(stop.code)), stop.message, std::nullopt});
  }
}

/// A listing that lags behind may show once more what was deleted.
bool Reconciler::was_our_delete(const EventBody& event, const WorkerId& worker) {
  const auto* gone = std::get_if<VersionGone>(&event);
  if (gone == nullptr) return false;
  const auto ledger = ports_.journal.ledger(worker, gone->version, kEntriesOfAVersion);
  return ledger && std::any_of(ledger->begin(), ledger->end(), is_delete);
}

void Reconciler::watch_length(const Observed& observed, Course& course) {
  std::erase_if(course.just_made,
                [&](const auto& made) { return made.second.until <= observed.tick; });
  if (!looks_short(observed)) {
    course.short_since.reset();
  } else if (!course.short_since) {
    course.short_since = observed.tick;
    caution_.bad_read(observed.tick);
  }
}

void Reconciler::adopt_settling(const Observed& observed, const Plan& plan) {
  for (const OpenIntent& open : observed.memory.intents) settling_.erase(open.id);
  for (const auto& [intent, settling] : plan.settling) settling_[intent] = settling;
}

Tick Reconciler::next_look(const Assignment& assignment, const Observed& observed,
                           const Plan& plan) const {
  const Tick now = ports_.clock.tick();
  Tick next = ports_.triggers.work_waits() ? now : now + assignment.worker->interval;
  if (plan.look_again) next = std::min(next, *plan.look_again);
  if (plan.next_change) next = std::min(next, observed.tick + (*plan.next_change - observed.now));
  // A reason that ends right now must not make the lane spin.
  return std::max(next, now + std::chrono::seconds(1));
}

}  // namespace rollout
