// SPDX-License-Identifier: Apache-2.0
// What this process has lately seen that speaks against deleting anything.
#pragma once

#include <deque>
#include <optional>

#include "daemon/core/plan/plan.h"

namespace rollout {

/// One per lane. Every hazard but a broken configuration ends by itself.
class Caution {
 public:
  /// Compares the two clocks with the last call; a difference of more than 30 s is a jump.
  void check_clocks(Instant now, Tick tick);
  void bad_read(Tick tick);
  void version_created(Tick tick);
  void configuration_broken(bool broken) { configuration_broken_ = broken; }

  /// The journal was lost: nothing is written until `until`, and only after a good listing.
  void recover_until(Tick until) { recovering_until_ = until; }
  bool recovering() const { return recovering_until_.has_value(); }
  const std::optional<Tick>& recovery_end() const { return recovering_until_; }
  void end_recovery() { recovering_until_.reset(); }

  Hazards hazards(Tick tick) const;

 private:
  std::optional<Instant> last_now_;
  std::optional<Tick> last_tick_;
  std::optional<Tick> clock_suspect_until_;
  std::optional<Tick> bad_reads_until_;
  std::optional<Tick> recovering_until_;
  std::deque<Tick> creates_;
  bool configuration_broken_ = false;
};

}  // namespace rollout
