// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/sim_ports.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

constexpr std::uint32_t kAroundWrites = 10;  // A crash there is this much likelier than elsewhere.

std::unique_ptr<SqliteJournal> new_file() {
  auto file = SqliteJournal::open({.path = ":memory:", .history = 1000});
  ENSURE(file.has_value(), "a journal in memory can always be opened");
  return std::move(*file);
}

Failure full(const char* during) {
  return {.kind = FailureKind::local, .during = during, .detail = "the disk is full"};
}

}  // namespace

SimJournal::SimJournal(World& world, const Weather& weather, Checker& checker)
    : world_(world), weather_(weather), checker_(checker), file_(new_file()) {}

Result<Memory> SimJournal::recall(const WorkerId& worker) {
  world_.may_crash("recall");
  return file_->recall(worker);
}

Result<void> SimJournal::keep(const WorkerId& worker, const Memory& memory) {
  world_.may_crash("before keep");
  // What has not changed is kept on a full disk too.
  if (weather_.disk_full && !world_.tape().coin()) return std::unexpected(full("keep"));
  TRY(file_->keep(worker, memory));
  checker_.kept(worker, memory);
  world_.may_crash("after keep");
  return {};
}

Result<void> SimJournal::keep_account(const AccountMemory& memory) {
  if (world_.dead() || weather_.disk_full) return std::unexpected(full("keep"));
  TRY(file_->keep_account(memory));
  world_.may_die("keep the account");
  return {};
}

Result<IntentId> SimJournal::begin(const Intent& intent) {
  world_.may_crash("before begin", kAroundWrites);
  if (weather_.disk_full) {
    world_.sometimes("disk full");
    return std::unexpected(full("begin"));
  }
  TRY_ASSIGN(const IntentId id, file_->begin(intent));
  world_.may_crash("after begin", kAroundWrites);
  return id;
}

Result<void> SimJournal::finish(IntentId intent, const Outcome& outcome) {
  world_.may_crash("before finish", kAroundWrites);
  TRY(file_->finish(intent, outcome));
  world_.trace(to_string(outcome.kind), static_cast<std::uint64_t>(intent));
  world_.sometimes(fmt::format("outcome: {}", to_string(outcome.kind)));
  world_.may_crash("after finish", kAroundWrites);
  return {};
}

Result<void> SimJournal::append(const std::vector<LedgerEntry>& entries) {
  if (world_.dead() || weather_.disk_full) return std::unexpected(full("append"));
  TRY(file_->append(entries));
  world_.may_die("append");
  return {};
}

Result<std::vector<LedgerEntry>> SimJournal::ledger(const WorkerId& worker,
                                                    const std::optional<VersionId>& version,
                                                    std::size_t limit) {
  world_.may_crash("ledger");
  return file_->ledger(worker, version, limit);
}

Result<void> SimJournal::keep_policy(const std::string& hash, const std::string& text) {
  if (weather_.disk_full && !file_->policy(hash).value()) {
    return std::unexpected(full("keep a policy"));
  }
  return file_->keep_policy(hash, text);
}

Result<std::optional<std::string>> SimJournal::policy(const std::string& hash) {
  return file_->policy(hash);
}

Result<void> SimJournal::end_recovery() {
  world_.may_crash("before end_recovery");
  if (weather_.disk_full) return std::unexpected(full("end the recovery"));
  lost_.reset();
  checker_.recovered();
  world_.may_crash("after end_recovery");
  return {};
}

void SimJournal::lose() {
  world_.trace("the journal is lost");
  file_ = new_file();
  lost_ = "the journal is missing, though there was one";
  checker_.journal_lost();
}

bool SimTriggers::something_pending() const {
  return !pending_.dirty.empty() || pending_.all_dirty || pending_.config ||
         pending_.configuration_broken || !pending_.requests.empty() || pending_.stop;
}

Wake SimTriggers::wait_until(Tick deadline) {
  world_.may_crash("wait");
  while (!something_pending() && world_.tick() < deadline) world_.pass_to_next(deadline);
  // A host may sleep past every deadline.
  if (world_.crash_one_in > 0 && world_.tape().one_in(1500)) {
    world_.sometimes("host suspended");
    world_.pass(world_.tape().between(std::chrono::hours(1), std::chrono::hours(9)));
  }
  in_place_ = world_.tick() == last_ ? in_place_ + 1 : 0;
  last_ = world_.tick();
  if (in_place_ > 1000) {
    world_.violation("busy loop", "1000 waits in a row took no time");
    pending_.stop = true;
  }
  if (!world_.violations().empty()) pending_.stop = true;
  checker_.woke();
  if (pending_.config) checker_.configured(*pending_.config);
  if (pending_.configuration_broken) checker_.configuration_broke();
  if (pending_.all_dirty) world_.sometimes("overflow rescan");
  Wake wake = std::exchange(pending_, {});
  pending_.stop = wake.stop;
  return wake;
}

std::expected<Config, std::vector<ConfigError>> SimPolicies::load() {
  return std::unexpected(std::vector<ConfigError>());  // Reloads are the workload's.
}

std::expected<std::shared_ptr<const RetentionPolicy>, std::string> SimPolicies::read_retention(
    const std::string& text) {
  if (world_.tape().one_in(weather_.faults.policy_unreadable)) {
    world_.sometimes("former policy unreadable");
    return std::unexpected("its line 1: unknown rule");
  }
  return make_policy(setup_, text);
}

void SimEvents::emit(const Event& event) {
  if (world_.dead()) return;
  const std::string_view name = kind_of(event.body).name;
  world_.trace(name);
  world_.sometimes(fmt::format("event: {}", name));
  checker_.told(event);
  world_.may_die("emit");
}

}  // namespace rollout
