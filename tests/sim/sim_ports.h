// SPDX-License-Identifier: Apache-2.0
// The process's other ports: the journal on a file that outlives it, where it waits, and where its
// story goes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "daemon/adapters/sqlite/sqlite_journal.h"
#include "daemon/ports/event_sink.h"
#include "daemon/ports/policy_source.h"
#include "daemon/ports/triggers.h"
#include "tests/sim/checker.h"
#include "tests/sim/world.h"

namespace rollout {

/// The circumstances that last a while.
struct Weather {
  Faults faults;
  bool down = false;  ///< The service answers nothing but 5xx.
  bool token_refused = false;
  bool disk_full = false;
};

/// A `SqliteJournal` in memory stands for the file.
class SimJournal final : public Journal {
 public:
  SimJournal(World& world, const Weather& weather, Checker& checker);

  Result<Memory> recall(const WorkerId& worker) override;
  Result<std::set<WorkerId>> workers() override { return file_->workers(); }
  Result<void> keep(const WorkerId& worker, const Memory& memory) override;
  Result<AccountMemory> recall_account() override { return file_->recall_account(); }
  Result<void> keep_account(const AccountMemory& memory) override;
  Result<IntentId> begin(const Intent& intent) override;
  Result<void> finish(IntentId intent, const Outcome& outcome) override;
  Result<void> append(const std::vector<LedgerEntry>& entries) override;
  Result<std::vector<LedgerEntry>> ledger(const WorkerId& worker,
                                          const std::optional<VersionId>& version,
                                          std::size_t limit) override;
  Result<void> keep_policy(const std::string& hash, const std::string& text) override;
  Result<std::optional<std::string>> policy(const std::string& hash) override;
  std::optional<std::string> recovering() override { return lost_; }
  Result<void> end_recovery() override;

  /// The file is gone.
  void lose();
  /// What is on the disk, whatever the process thinks.
  Journal& durable() { return *file_; }

 private:
  World& world_;
  const Weather& weather_;
  Checker& checker_;
  std::unique_ptr<SqliteJournal> file_;
  std::optional<std::string> lost_;
};

class SimTriggers final : public Triggers {
 public:
  SimTriggers(World& world, Checker& checker) : world_(world), checker_(checker) {}

  Wake wait_until(Tick deadline) override;
  bool stopping() override { return pending_.stop; }
  bool word_waits() override { return pending_.configuration_broken || work_waits(); }
  bool work_waits() override { return pending_.config || !pending_.requests.empty(); }

  /// What is said to the process; a new process has heard nothing of it.
  Wake& pending() { return pending_; }
  void forget() { pending_ = {}; }

 private:
  bool something_pending() const;

  World& world_;
  Checker& checker_;
  Wake pending_;
  Tick last_{};
  int in_place_ = 0;  ///< Waits in a row that took no time.
};

/// Reads again what `make_policy` wrote; sometimes it is told that nobody can.
class SimPolicies final : public PolicySource {
 public:
  SimPolicies(World& world, const Setup& setup, const Weather& weather)
      : world_(world), setup_(setup), weather_(weather) {}
  std::expected<Config, std::vector<ConfigError>> load() override;
  std::expected<std::shared_ptr<const RetentionPolicy>, std::string> read_retention(
      const std::string& text) override;

 private:
  World& world_;
  const Setup& setup_;
  const Weather& weather_;
};

class SimEvents final : public EventSink {
 public:
  SimEvents(World& world, Checker& checker) : world_(world), checker_(checker) {}
  void emit(const Event& event) override;

 private:
  World& world_;
  Checker& checker_;
};

}  // namespace rollout
