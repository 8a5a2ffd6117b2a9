// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <utility>

namespace rollout {

World::World(Tape tape)
    : tape_(std::move(tape)), tells_its_story_(std::getenv("ROLLOUT_SIM_STORY") != nullptr) {}

Instant World::truth() const {
  // 2026-03-01T00:00:00Z at tick 0.
  return Instant(Millis(1'772'323'200'000)) + tick_.time_since_epoch();
}

void World::after(Millis span, std::function<void()> event) {
  events_.emplace(tick_ + span, std::move(event));
}

void World::pass(Millis span) {
  const Tick end = tick_ + span;
  while (!events_.empty() && events_.begin()->first <= end) {
    auto due = events_.extract(events_.begin());
    tick_ = std::max(tick_, due.key());
    due.mapped()();
  }
  tick_ = end;
}

void World::pass_to_next(Tick deadline) {
  Tick end = deadline;
  if (!events_.empty()) end = std::min(end, events_.begin()->first);
  pass(std::max(end - tick_, Millis(0)));
}

void World::trace(std::string_view what, std::uint64_t value) {
  if (tells_its_story_) fmt::print("{} {} {}\n", format_rfc3339(truth()), what, value);
  const auto mix = [this](std::uint64_t piece) { hash_ = (hash_ ^ piece) * 1099511628211U; };
  for (const char c : what) mix(static_cast<unsigned char>(c));
  mix(value);
  mix(static_cast<std::uint64_t>(tick_.time_since_epoch().count()));
}

void World::violation(std::string_view invariant, std::string detail) {
  violations_.push_back(
      {std::string(invariant), fmt::format("{} {}", format_rfc3339(truth()), detail)});
}

void World::die(std::string_view where) {
  dead_ = true;
  sometimes(fmt::format("crash: {}", where));
  trace(where);
}

void World::may_crash(std::string_view where, std::uint32_t weight) {
  if (std::uncaught_exceptions() > 0) return;
  if (dead_) throw SimCrash();
  if (crash_one_in == 0 || !tape_.one_in(std::max(crash_one_in / weight, 2U))) return;
  die(where);
  throw SimCrash();
}

void World::may_die(std::string_view where) {
  if (dead_ || crash_one_in == 0 || !tape_.one_in(crash_one_in)) return;
  die(where);
}

}  // namespace rollout
