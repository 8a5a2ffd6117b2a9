// SPDX-License-Identifier: Apache-2.0
// What this process has lately seen that speaks against deleting anything.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "daemon/core/model/instant.h"
#include "daemon/core/plan/account_memory.h"
#include "daemon/core/plan/hazards.h"

namespace rollout {

/// One per lane. Every hazard but a broken configuration ends by itself.
class Caution {
 public:
  /// Compares the two clocks with the last call; a difference of more than 30 s is a jump.
  void check_clocks(Instant now, Tick tick);
  /// The service's answers did not agree about the time.
  void clocks_disagree(Tick tick);
  void bad_read(Tick tick);
  void version_created(Tick tick);
  void configuration_broken(bool broken) { configuration_broken_ = broken; }

  /// The journal is found to be lost, `at` this time: nothing is written until `until`, and only
  /// after a good listing.
  void recover_until(Tick until, Instant at, std::string because) {
    recovering_until_ = until;
    lost_at_ = at;
    lost_because_ = std::move(because);
  }
  bool recovering() const { return recovering_until_.has_value(); }
  const std::optional<Tick>& recovery_end() const { return recovering_until_; }
  void end_recovery() { recovering_until_.reset(); }

  /// What an earlier process knew. Its holds last an hour from now: how much of that had passed is
  /// not known.
  void remember(const AccountMemory& memory, Tick tick);
  AccountMemory memory(Tick tick) const { return {holds(tick), lost_at_, lost_because_}; }
  /// When the journal was last lost. Has a value while it is recovering.
  const std::optional<Instant>& lost_at() const { return lost_at_; }
  const std::string& lost_because() const { return lost_because_; }

  Hazards hazards(Tick tick) const;

 private:
  Holds holds(Tick tick) const;

  std::optional<Instant> last_now_;
  std::optional<Tick> last_tick_;
  std::optional<Tick> clock_suspect_until_;
  std::optional<Tick> bad_reads_until_;
  std::optional<Tick> recovering_until_;
  std::optional<Tick> many_creates_until_;  ///< As an earlier process knew it.
  std::optional<Instant> lost_at_;
  std::string lost_because_;
  std::deque<Tick> creates_;
  bool configuration_broken_ = false;
};

}  // namespace rollout
