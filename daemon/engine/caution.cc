// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/caution.h"

namespace rollout {
namespace {

constexpr Millis kHold = std::chrono::hours(1);
constexpr Millis kClockTolerance = std::chrono::seconds(30);
constexpr std::size_t kManyCreates = 20;

bool before(Tick tick, const std::optional<Tick>& until) {
  return until && tick < *until;
}

}  // namespace

void Caution::check_clocks(Instant now, Tick tick) {
  if (last_now_ && last_tick_) {
    const Millis drift = (now - *last_now_) - (tick - *last_tick_);
    if (drift > kClockTolerance || drift < -kClockTolerance) clock_suspect_until_ = tick + kHold;
  }
  last_now_ = now;
  last_tick_ = tick;
}

void Caution::clocks_disagree(Tick tick) {
  clock_suspect_until_ = tick + kHold;
}

void Caution::bad_read(Tick tick) {
  bad_reads_until_ = tick + kHold;
}

void Caution::version_created(Tick tick) {
  creates_.push_back(tick);
  while (creates_.size() > kManyCreates + 1) creates_.pop_front();
}

void Caution::remember(const AccountMemory& memory, Tick tick) {
  const Holds& holds = memory.holds;
  lost_at_ = memory.lost_at;
  lost_because_ = memory.lost_because;
  if (holds.clock) clock_suspect_until_ = tick + kHold;
  if (holds.bad_reads) bad_reads_until_ = tick + kHold;
  if (holds.many_creates) many_creates_until_ = tick + kHold;
}

Holds Caution::holds(Tick tick) const {
  const bool many = creates_.size() > kManyCreates && tick - creates_.front() < kHold;
  return {.clock = before(tick, clock_suspect_until_),
          .bad_reads = before(tick, bad_reads_until_),
          .many_creates = many || before(tick, many_creates_until_)};
}

Hazards Caution::hazards(Tick tick) const {
  const Holds now = holds(tick);
  Hazards hazards;
  hazards.configuration_broken = configuration_broken_;
  hazards.clock_suspect = now.clock;
  hazards.bad_reads = now.bad_reads;
  hazards.many_creates = now.many_creates;
  hazards.recovering = recovering();
  return hazards;
}

}  // namespace rollout
