// SPDX-License-Identifier: Apache-2.0
// The loop of one account: waits, looks, passes; in straight lines and in one thread.
//
// Terms: a *rescan* looks at the disk alone; a *pass* (reconciler.h) reads Cloudflare too. A pass
// is due at its interval, when a verdict changes, when a rescan finds something new, or when asked
// for. Usual flow: construct, `run()` until the triggers say stop.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/core/plan/backoff.h"
#include "daemon/engine/caution.h"
#include "daemon/engine/door.h"
#include "daemon/engine/namesakes.h"
#include "daemon/engine/newcomers.h"
#include "daemon/engine/progress.h"
#include "daemon/engine/reconciler.h"

namespace rollout {

class Lane {
 public:
  /// `config` must have the account.
  Lane(const Ports& ports, AccountName account, std::shared_ptr<const Config> config,
       Progress& progress);

  /// Returns when it is asked to stop, between two calls.
  void run();

 private:
  struct Schedule {
    Tick pass_due{};
    Tick rescan_due{};
    Standing standing;               ///< How its own passes have gone.
    std::optional<Failure> failure;  ///< Why its standing makes it wait.
    std::string seen;                ///< What the disk showed at the last pass.
    Course course;
    bool told_twice = false;  ///< That it is configured twice.
  };

  void start();
  void absorb(Wake& wake);
  void adopt(std::shared_ptr<const Config> config);
  Tick next_deadline();
  void tend(const WorkerConfig& worker, Schedule& schedule);
  void rescan(const WorkerConfig& worker, Schedule& schedule);
  PassOutcome pass(const WorkerConfig& worker, Schedule& schedule, const std::string& actor);
  PassOutcome refuse_both(const WorkerConfig& worker, Schedule& schedule, const WorkerId& other);
  PassOutcome fail(const WorkerConfig& worker, Failure failure);
  /// Before anything is done for a Worker; nothing may be where it fails.
  std::optional<Failure> receive(const WorkerConfig& worker);
  Teller teller_of(const WorkerConfig& worker);
  void take_stock(const WorkerId& worker, Schedule& schedule, const PassOutcome& outcome);
  void stand_well(Schedule& schedule, const PassOutcome& outcome);
  void finish_recovery(const WorkerId& worker, const PassOutcome& outcome);
  void keep_account();
  void check_token();
  void serve(Request& request);
  /// None where Cloudflare may be called for this Worker now.
  std::optional<Answer> waiting(const Schedule& schedule) const;

  Assignment assignment(const WorkerConfig& worker) const;
  const AccountConfig& account() const;
  /// Beyond its due time: its own backoff, and the account's door.
  Tick may_pass_at(const Schedule& schedule) const;
  /// So that no Worker that fails again and again keeps those behind it from a probe.
  std::vector<const WorkerConfig*> longest_waiting_first();
  /// Promises to be heard of again after a step for this Worker, however slow its disk.
  void allow_for_disk(const WorkerConfig& worker);
  void tell(EventBody body);

  Ports ports_;
  AccountName account_;
  std::shared_ptr<const Config> config_;
  Progress& progress_;
  Caution caution_;
  Reconciler reconciler_;
  Door door_;
  Namesakes namesakes_;
  Newcomers newcomers_;
  std::map<WorkerId, Schedule> schedules_;
  Tick token_due_{};  ///< When the token is to be looked at.
  std::optional<Tick> expiry_told_;
  std::set<WorkerId> to_recover_;  ///< Workers without a good pass since the journal was lost.
};

}  // namespace rollout
