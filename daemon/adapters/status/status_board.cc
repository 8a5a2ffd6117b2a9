// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/status/status_board.h"

#include <algorithm>

namespace rollout {
namespace {

constexpr int kWarning = 4;

/// What one event changes. Kinds that have no overload change nothing but the last problem.
class Change final {
 public:
  Change(Status& status, const Event& event, Instant now, Tick tick)
      : status_(status), event_(event), now_(now), tick_(tick) {}

  void operator()(const ConfigReloadFailed& /*body*/) {
    status_.reload_problem = Problem{"config.reload_failed", describe(event_).message, now_};
  }
  void operator()(const BuildSettled& /*body*/) { count(&WorkerCounts::settled); }
  void operator()(const BuildRejected& /*body*/) { count(&WorkerCounts::rejected); }
  void operator()(const AssetsUploading& body) {
    if (auto* known = worker()) known->uploading = body;
  }
  void operator()(const VersionCreated& body) {
    count(&WorkerCounts::created);
    status_.build_to_version_seconds.add(body.since_build);
    if (auto* known = worker()) known->created_at = now_;
  }
  void operator()(const VersionDeduplicated& /*body*/) { count(&WorkerCounts::deduplicated); }
  void operator()(const PruneDeleted& /*body*/) {
    count(&WorkerCounts::deleted);
    if (auto* known = worker()) known->pruned_at = now_;
  }
  void operator()(const PruneRefused& body) { ++status_.refused_prunes[body.code]; }
  void operator()(const ApiUnavailable& /*body*/) {
    auto* known = account();
    if (known == nullptr) return;
    if (!known->unavailable_since) known->unavailable_since = now_;
    known->throttled_until.reset();
  }
  void operator()(const ApiThrottled& body) {
    auto* known = account();
    if (known == nullptr) return;
    known->throttled_until = now_ + body.wait;
    known->unavailable_since.reset();  // It answers.
  }
  void operator()(const ApiRecovered& /*body*/) {
    auto* known = account();
    if (known == nullptr) return;
    known->unavailable_since.reset();
    known->writes_refused = false;
    known->refused_at.reset();
  }
  void operator()(const AuthFailed& body) {
    auto* known = account();
    if (known == nullptr) return;
    known->refused_at = now_;
    known->throttled_until.reset();
    known->writes_refused = known->writes_refused || body.writing;
  }
  void operator()(const AuthChecked& body) {
    if (auto* known = account()) known->token_expires = body.expires;
  }
  void operator()(const JournalDegraded& /*body*/) {
    if (auto* known = account()) known->journal_degraded = true;
  }
  void operator()(const WatchOverflow& /*body*/) { ++status_.watch_overflows; }
  void operator()(const WatchDegraded& body) {
    const Instant since = status_.watch_problem ? status_.watch_problem->since : now_;
    status_.polled_workers = body.workers;
    status_.watch_problem = Problem{"watch.degraded", describe(event_).message, since};
  }
  void operator()(const WatchRecovered& /*body*/) {
    status_.polled_workers = 0;
    status_.watch_problem.reset();
  }
  void operator()(const PassFinished& body) { passed(body); }
  template <class Other>
  void operator()(const Other& /*body*/) {}

  /// Warnings and errors about a Worker stay on its line until a pass is good again.
  void note_problem() {
    const EventKind& kind = kind_of(event_.body);
    auto* known = worker();
    if (kind.priority > kWarning || known == nullptr) return;
    known->problem = Problem{std::string(kind.name), describe(event_).message, now_};
  }

 private:
  WorkerStatus* worker() {
    const auto found = status_.workers.find({event_.account, event_.worker});
    return found == status_.workers.end() ? nullptr : &found->second;
  }
  AccountStatus* account() {
    const auto found = status_.accounts.find(event_.account);
    return found == status_.accounts.end() ? nullptr : &found->second;
  }
  void count(std::uint64_t WorkerCounts::* counter) {
    if (auto* known = worker()) ++(known->counts.*counter);
  }
  void passed(const PassFinished& body) {
    status_.pass_seconds.add(body.took);
    auto* known = worker();
    if (known == nullptr) return;
    known->uploading.reset();
    if (body.answered || !known->pass) {
      known->pass = body;
      if (body.awaits.empty()) {
        known->awaited_since.reset();
      } else if (!known->awaited_since) {
        known->awaited_since = now_;
      }
    } else {  // It could not read, which says nothing of what there is.
      known->pass->result = body.result;
      known->pass->condition = body.condition;
      known->pass->summary = body.summary;
      known->pass->next_look = body.next_look;
    }
    known->passed_at = now_;
    if (auto* of = account(); of != nullptr && body.answered) reached(*of);
    // What was said during this pass is younger than the pass's beginning.
    const bool older = known->problem && known->problem->since < now_ - body.took;
    if (body.result == PassFinished::Result::error) {
      ++known->counts.error;
      // What it stumbles over now is told of the account, and must not hide behind an older one.
      if (!body.answered && (older || !known->problem)) {
        known->problem = Problem{std::string(kind_of(event_.body).name), body.summary, now_};
      }
      return;
    }
    ++(body.result == PassFinished::Result::changed ? known->counts.changed : known->counts.noop);
    known->succeeded_at = now_;
    if (older) known->problem.reset();
    if (auto* of = account()) of->journal_degraded = false;
  }
  void reached(AccountStatus& of) {
    of.reached = tick_;
    if (!of.writes_refused) of.refused_at.reset();
    of.unavailable_since.reset();
    of.throttled_until.reset();
  }

  Status& status_;
  const Event& event_;
  Instant now_;
  Tick tick_;
};

}  // namespace

StatusBoard::StatusBoard(std::string version, std::string revision, Clock& clock) : clock_(clock) {
  Status first;
  first.version = std::move(version);
  first.revision = std::move(revision);
  first.started_at = clock.now();
  status_ = std::make_shared<const Status>(std::move(first));
}

void StatusBoard::configure(const Config& config) {
  const std::lock_guard lock(writing_);
  Status next = *read();
  next.mode = config.mode;
  next.generation = config.generation;
  next.config_digest = config.digest;
  next.reloaded_at = clock_.now();
  next.reload_problem.reset();
  std::map<AccountName, AccountStatus> accounts;
  for (const AccountConfig& account : config.accounts) {
    accounts[account.name] = next.accounts[account.name];
    accounts[account.name].patience = {};
    accounts[account.name].writes_refused = false;  // The token may be another.
  }
  std::map<WorkerKey, WorkerStatus> workers;
  for (const WorkerConfig& worker : config.workers) {
    const WorkerKey key{worker.account, worker.id};
    workers[key] = next.workers[key];
    Millis& patience = accounts[worker.account].patience;
    patience = std::max(patience, 3 * worker.interval);
  }
  next.accounts = std::move(accounts);
  next.workers = std::move(workers);
  publish(std::move(next));
}

void StatusBoard::emit(const Event& event) {
  const std::lock_guard lock(writing_);
  Status next = *read();
  Change change(next, event, clock_.now(), clock_.tick());
  std::visit(change, event.body);
  change.note_problem();
  publish(std::move(next));
}

std::shared_ptr<const Status> StatusBoard::read() const {
  const std::lock_guard lock(swapping_);
  return status_;
}

void StatusBoard::publish(Status next) {
  auto fresh = std::make_shared<const Status>(std::move(next));
  const std::lock_guard lock(swapping_);
  status_.swap(fresh);
}

}  // namespace rollout
