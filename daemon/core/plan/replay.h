// SPDX-License-Identifier: Apache-2.0
// What a policy would have done, had it been in force: the recorded history is walked day by day.
//
// Terms: a version is *gone* from the day on which the policy, its grace period over, would have
// deleted it; a deployment that names a version that is gone is *broken*, and what served before it
// serves on. A run that only the limits on its size hold goes on, as if a person had lifted them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/plan/recorded_list.h"

namespace rollout {

struct GoneVersion {
  Version version;
  std::string group;
  Instant at{};
  std::vector<Reason> held_by;  ///< Until its grace period began; empty where nothing ever did.
};

struct BrokenDeployment {
  /// Whether the version had served before.
  enum class Kind { rollback, first } kind = Kind::rollback;
  Instant at{};
  Version version;
  Instant gone_at{};
};

/// The days on which deletes were due and a stop spoke against them.
struct StoppedDays {
  StopCode code = StopCode::MaxDeletes;
  std::string message;  ///< On the first day.
  Instant first{};
  std::size_t days = 0;
  bool waits = true;  ///< False where it was taken for lifted.
};

struct Replay {
  Instant since{};
  Instant until{};
  std::size_t days = 0;
  std::size_t versions = 0;       ///< That ever were there, up to the end.
  std::vector<GoneVersion> gone;  ///< In the order in which they went.
  std::vector<BrokenDeployment> broken;
  std::vector<StoppedDays> stopped;
  std::size_t unlisted = 0;  ///< Versions that served in that time and are not in the list.
};

struct ReplaySpan {
  Instant since{};  ///< An earlier one than that of the first version is that.
  Instant until{};
};

Replay replay(const RecordedList& list, RetentionPolicy policy, const ReplaySpan& span);

/// A version that goes in one of two replays and stays in the other: one of them is there.
struct ReplayedChange {
  std::optional<GoneVersion> before;
  std::optional<GoneVersion> after;

  const Version& version() const { return before ? before->version : after->version; }
};
/// Of two replays of one list over one span; highest number first.
std::vector<ReplayedChange> changed_fates(const Replay& before, const Replay& after);

}  // namespace rollout
