// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "daemon/core/model/ensure.h"
#include "daemon/core/model/exit_codes.h"
#include "daemon/core/plan/settle.h"
#include "daemon/engine/operator.h"
#include "daemon/engine/pass_summary.h"

namespace rollout {
namespace {

/// A lane that is not heard of for this long, beyond the deadline of a call and the time that the
/// disk is given, is stuck.
constexpr Millis kPatience = std::chrono::minutes(2);

constexpr Millis kTokenInterval = std::chrono::hours(12);
constexpr Millis kTokenRetry = std::chrono::hours(1);
constexpr Millis kTokenSoon = std::chrono::days(14);
constexpr Millis kTokenReminder = std::chrono::days(7);

/// What a rescan compares: every build's generation, what was rejected, and whether it was
/// readable.
std::string signature(const Sightings& sightings) {
  std::string text = sightings.unavailable.value_or("");
  for (const Build& build : sightings.builds) {
    text += fmt::format("|{}@{}", build.digest.hex(), build.finished_at.time_since_epoch().count());
  }
  for (const RejectedBuild& rejected : sightings.rejected) {
    text += fmt::format("|{} {} {}", rejected.root, rejected.code, rejected.detail);
  }
  return text;
}

/// The rescan interval, +- 25 %, so that many hosts on one file server do not scan in step.
Millis spread(Millis interval, std::uint64_t random) {
  const auto quarter = static_cast<std::uint64_t>(interval.count()) / 4;
  const auto offset = static_cast<std::int64_t>(random % (2 * quarter + 1));
  return interval - Millis(static_cast<std::int64_t>(quarter)) + Millis(offset);
}

}  // namespace

Lane::Lane(const Ports& ports, AccountName account, std::shared_ptr<const Config> config,
           Progress& progress)
    : ports_(ports),
      account_(std::move(account)),
      config_(std::move(config)),
      progress_(progress),
      reconciler_(ports_, caution_),
      namesakes_(ports_.api),
      newcomers_(ports_.journal) {}

void Lane::run() {
  start();
  while (true) {
    const Tick deadline = next_deadline();
    progress_.promise(std::max(deadline, ports_.clock.tick()) + kPatience);
    Wake wake = ports_.triggers.wait_until(deadline);
    progress_.promise(ports_.clock.tick() + kPatience);
    caution_.check_clocks(ports_.clock.now(), ports_.clock.tick());
    keep_account();
    absorb(wake);
    for (Request& request : wake.requests) serve(request);
    progress_.promise(ports_.clock.tick() + kPatience);
    if (wake.stop || ports_.triggers.stopping()) return;
    for (const WorkerConfig* worker : longest_waiting_first()) {
      tend(*worker, schedules_[worker->id]);
      if (ports_.triggers.stopping()) return;
      progress_.promise(ports_.clock.tick() + kPatience);
    }
    check_token();
  }
}

/// By the way, behind all work: it may not answer, and need not.
void Lane::check_token() {
  const Tick now = ports_.clock.tick();
  if (now < token_due_ || schedules_.empty() || (door_.closed() && now < door_.closed()->until)) {
    return;
  }
  const auto expires = ports_.api.token_expiry();
  token_due_ = now + (expires ? kTokenInterval : kTokenRetry);
  if (!expires) return;
  tell(AuthChecked{*expires});
  if (!*expires) return;
  const Millis left = **expires - ports_.clock.now();
  if (left > kTokenSoon || (expiry_told_ && now - *expiry_told_ < kTokenReminder)) return;
  expiry_told_ = now;
  tell(AuthExpiring{**expires, left});
}

std::vector<const WorkerConfig*> Lane::longest_waiting_first() {
  std::vector<const WorkerConfig*> order;
  for (const WorkerConfig& worker : config_->workers) {
    if (worker.account == account_) order.push_back(&worker);
  }
  std::sort(order.begin(), order.end(), [this](const WorkerConfig* a, const WorkerConfig* b) {
    return std::tie(schedules_[a->id].pass_due, a->id) <
           std::tie(schedules_[b->id].pass_due, b->id);
  });
  return order;
}

void Lane::start() {
  adopt(config_);
  const Tick now = ports_.clock.tick();
  // The journal's own reads do not fail, short of ending the process.
  if (const auto memory = ports_.journal.recall_account()) caution_.remember(*memory, now);
  const auto why = ports_.journal.recovering();
  if (!why) return;
  // The largest create may just have been sent, and nobody remembers it.
  const Timing& timing = account().timing;
  const Millis wait = longest_create() + timing.t_max + timing.list_lag;
  caution_.recover_until(now + wait, ports_.clock.now(), *why);
  keep_account();
  for (const auto& [worker, schedule] : schedules_) to_recover_.insert(worker);
  tell(StateRecovered{fmt::format(
      "{}; nothing is written until the versions have been listed and {} have passed, and pruning "
      "waits for `rolloutctl resume`",
      *why, for_people(wait))});
}

void Lane::adopt(std::shared_ptr<const Config> config) {
  config_ = std::move(config);
  caution_.configuration_broken(false);
  door_.open();
  token_due_ = ports_.clock.tick();
  std::map<WorkerId, Schedule> schedules;
  for (const WorkerConfig& worker : config_->workers) {
    if (worker.account != account_) continue;
    Schedule& schedule = schedules[worker.id];
    if (const auto known = schedules_.find(worker.id); known != schedules_.end()) {
      schedule.course = known->second.course;
    }
    schedule.pass_due = schedule.rescan_due = ports_.clock.tick();
  }
  schedules_ = std::move(schedules);
  std::vector<WorkerId> workers;
  for (const auto& [worker, schedule] : schedules_) workers.push_back(worker);
  newcomers_.configure({workers.begin(), workers.end()});
  namesakes_.configure(std::move(workers));
  std::erase_if(to_recover_,
                [this](const WorkerId& worker) { return !schedules_.contains(worker); });
}

void Lane::absorb(Wake& wake) {
  if (wake.config) adopt(std::move(wake.config));
  // After a good one: where both came, the bad reload came last.
  if (wake.configuration_broken) caution_.configuration_broken(true);
  const Tick now = ports_.clock.tick();
  for (auto& [worker, schedule] : schedules_) {
    if (wake.all_dirty || wake.dirty.contains(worker)) schedule.rescan_due = now;
  }
}

Tick Lane::next_deadline() {
  const Tick now = ports_.clock.tick();
  Tick next = now + std::chrono::hours(1);
  for (const WorkerConfig& worker : config_->workers) {
    const auto found = schedules_.find(worker.id);
    if (worker.account != account_ || found == schedules_.end()) continue;
    const Schedule& schedule = found->second;
    next = std::min(next, may_pass_at(schedule));
    if (worker.build) next = std::min(next, schedule.rescan_due);
  }
  return next;
}

Tick Lane::may_pass_at(const Schedule& schedule) const {
  Tick at = schedule.pass_due;
  if (schedule.standing.not_before) at = std::max(at, *schedule.standing.not_before);
  if (door_.closed()) at = std::max(at, door_.closed()->until);
  return at;
}

void Lane::tend(const WorkerConfig& worker, Schedule& schedule) {
  const Tick now = ports_.clock.tick();
  if (worker.build && now >= schedule.rescan_due) rescan(worker, schedule);
  if (now >= may_pass_at(schedule)) pass(worker, schedule, "");
}

void Lane::rescan(const WorkerConfig& worker, Schedule& schedule) {
  allow_for_disk(worker);
  const Sightings sightings = ports_.builds.look(worker);
  const Tick now = ports_.clock.tick();
  schedule.rescan_due = now + spread(account().timing.rescan, ports_.random.next());
  if (sightings.look_again) {
    schedule.rescan_due =
        std::min(schedule.rescan_due, std::max(*sightings.look_again, now + Millis(10)));
  }
  std::string seen = signature(sightings);
  if (seen == schedule.seen) return;
  if (!sightings.builds.empty()) tell(BuildDetected{worker.build->path});
  schedule.seen = std::move(seen);
  schedule.pass_due = now;
}

PassOutcome Lane::pass(const WorkerConfig& worker, Schedule& schedule, const std::string& actor) {
  allow_for_disk(worker);
  const auto other = namesakes_.other_entry(worker.id);
  const auto unreceived = receive(worker);
  PassOutcome outcome = unreceived ? fail(worker, *unreceived)
                        : !other   ? fail(worker, other.error())
                        : *other   ? refuse_both(worker, schedule, **other)
                                   : reconciler_.pass(assignment(worker), schedule.course, actor);
  keep_account();
  schedule.pass_due = outcome.look_again;
  take_stock(worker.id, schedule, outcome);
  finish_recovery(worker.id, outcome);
  return outcome;
}

PassOutcome Lane::refuse_both(const WorkerConfig& worker, Schedule& schedule,
                              const WorkerId& other) {
  Failure failure{FailureKind::refused, fmt::format("look after {}", worker.id.text()),
                  fmt::format("it is configured twice, as {} and as {}: nothing is made or deleted "
                              "for either; take one of them out of the configuration",
                              worker.id.text(), other.text())};
  if (!std::exchange(schedule.told_twice, true)) {
    teller_of(worker).tell(PruneRefused{"ConfiguredTwice", failure.sentence(), std::nullopt});
  }
  return fail(worker, std::move(failure));
}

std::optional<Failure> Lane::receive(const WorkerConfig& worker) {
  auto held = newcomers_.receive(worker.id);
  if (!held) {
    tell(JournalDegraded{held.error().sentence()});
    return std::move(held).error();
  }
  if (*held) teller_of(worker).tell(PruneRefused{"PruneHeld", *std::move(*held), std::nullopt});
  return std::nullopt;
}

Teller Lane::teller_of(const WorkerConfig& worker) {
  return Teller(ports_, {account_, worker.id, RunId(), config_->generation, config_->mode, ""});
}

/// A pass that did not begin.
PassOutcome Lane::fail(const WorkerConfig& worker, Failure failure) {
  const Tick now = ports_.clock.tick();
  Teller teller = teller_of(worker);
  return finish_failed(teller, worker, std::move(failure), now, now);
}

void Lane::take_stock(const WorkerId& worker, Schedule& schedule, const PassOutcome& outcome) {
  const Tick now = ports_.clock.tick();
  if (ports_.triggers.stopping()) return;  // A cancelled call says nothing of the service.
  if (outcome.failure && concerns_account(*outcome.failure)) {
    schedule.standing =
        after_failure(schedule.standing, *outcome.failure, now, ports_.random.next());
    schedule.pass_due = *schedule.standing.not_before;
    schedule.failure = outcome.failure;
    door_.failed(worker, *outcome.failure, schedule.standing, now, schedules_.size());
    if (outcome.writes.refused) door_.write_refused(now);
    const Millis wait = may_pass_at(schedule) - now;
    if (outcome.failure->kind == FailureKind::unauthorized) {
      tell(AuthFailed{*outcome.failure, wait, outcome.writes.refused});
    } else if (outcome.failure->kind == FailureKind::throttled) {
      tell(ApiThrottled{wait, outcome.failure->sentence()});
    } else {
      tell(ApiUnavailable{*outcome.failure, schedule.standing.failures, wait});
    }
    return;
  }
  if (!outcome.failure) stand_well(schedule, outcome);
}

/// After a pass that went well.
void Lane::stand_well(Schedule& schedule, const PassOutcome& outcome) {
  const Tick now = ports_.clock.tick();
  const auto refused_since = door_.writes_refused_since();
  if (refused_since && outcome.writes.succeeded) {
    tell(ApiRecovered{now - *refused_since});
    door_.open();
    for (auto& [worker, other] : schedules_) {
      if (other.standing.token_refused) other.standing = {};
    }
  } else if (schedule.standing.down_since && !refused_since) {
    tell(ApiRecovered{now - *schedule.standing.down_since});
  }
  schedule.standing = {};
  door_.succeeded();
}

void Lane::finish_recovery(const WorkerId& worker, const PassOutcome& outcome) {
  if (!caution_.recovering()) return;
  if (outcome.failure && outcome.failure->kind != FailureKind::not_found) return;
  // A Worker that is gone has no listing to recover from. Should it come back, it is held then.
  to_recover_.erase(worker);
  const Tick end = *caution_.recovery_end();
  const Tick now = ports_.clock.tick();
  if (now < end) schedules_[worker].pass_due = std::min(schedules_[worker].pass_due, end);
  if (now < end || !to_recover_.empty()) return;
  if (const auto ended = ports_.journal.end_recovery(); !ended) {
    tell(JournalDegraded{ended.error().sentence()});
    return;
  }
  caution_.end_recovery();
  for (auto& [id, schedule] : schedules_) schedule.pass_due = ports_.clock.tick();
}

void Lane::keep_account() {
  const auto kept = ports_.journal.keep_account(caution_.memory(ports_.clock.tick()));
  if (!kept) tell(JournalDegraded{kept.error().sentence()});
}

void Lane::serve(Request& request) {
  const WorkerId& id = worker_of(request.command);
  const auto worker =
      std::find_if(config_->workers.begin(), config_->workers.end(),
                   [&](const WorkerConfig& w) { return w.account == account_ && w.id == id; });
  if (worker == config_->workers.end()) {
    request.answer(no_such_worker(id, account_));
    return;
  }
  allow_for_disk(*worker);
  if (const auto unreceived = receive(*worker)) {
    request.answer(answer_of(*unreceived));
    return;
  }
  Schedule& schedule = schedules_[id];
  const bool needs_api = !std::holds_alternative<SuspendCommand>(request.command) &&
                         !std::holds_alternative<ResumeCommand>(request.command);
  if (auto answer = needs_api ? waiting(schedule) : std::nullopt) {
    request.answer(std::move(*answer));
    return;
  }
  if (std::holds_alternative<ReconcileCommand>(request.command)) {
    request.answer(answer_of(pass(*worker, schedule, request.actor)));
    return;
  }
  Operator desk(ports_, assignment(*worker), reconciler_, schedule.course, request.actor);
  Answer answer = desk.carry_out(request.command);
  if (std::holds_alternative<ApplyCommand>(request.command) && answer.exit == kExitOk) {
    answer = answer_of(std::get<Done>(answer.body), pass(*worker, schedule, request.actor));
    request.answer(std::move(answer));
    return;
  }
  request.answer(std::move(answer));
  const bool only_asked = std::holds_alternative<PlanCommand>(request.command) ||
                          std::holds_alternative<ExplainCommand>(request.command);
  if (!only_asked) schedule.pass_due = ports_.clock.tick();
}

std::optional<Answer> Lane::waiting(const Schedule& schedule) const {
  const Tick now = ports_.clock.tick();
  const auto answer = [&](std::string_view who, Tick until, const Failure& why) {
    return still_waiting(fmt::format("{} is waiting until {}", who,
                                     format_rfc3339(ports_.clock.now() + (until - now))),
                         why);
  };
  if (door_.closed() && now < door_.closed()->until) {
    return answer(fmt::format("account {}", account_.text()), door_.closed()->until,
                  door_.closed()->failure);
  }
  const Standing& standing = schedule.standing;
  if (schedule.failure && standing.not_before && now < *standing.not_before) {
    return answer("this Worker", *standing.not_before, *schedule.failure);
  }
  return std::nullopt;
}

Assignment Lane::assignment(const WorkerConfig& worker) const {
  return {config_.get(), &account(), &worker};
}

const AccountConfig& Lane::account() const {
  const auto found =
      std::find_if(config_->accounts.begin(), config_->accounts.end(),
                   [&](const AccountConfig& account) { return account.name == account_; });
  ENSURE(found != config_->accounts.end(), "a lane's account must be configured");
  return *found;
}

/// Each step looks at the disk once and may open one build; reading that is part of a call.
void Lane::allow_for_disk(const WorkerConfig& worker) {
  progress_.promise(ports_.clock.tick() + 2 * worker.timeout + kPatience);
}

void Lane::tell(EventBody body) {
  ports_.events.emit({account_, WorkerId(), RunId(), config_->generation,
                      config_->mode == Mode::observe, std::move(body)});
}

}  // namespace rollout
