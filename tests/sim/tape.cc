// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/tape.h"

namespace rollout {

std::uint64_t SimRandom::next() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

std::uint32_t Tape::choose(std::uint32_t n) {
  if (replays_) return at_ < recorded_.size() ? recorded_[at_++] % n : 0;
  recorded_.push_back(static_cast<std::uint32_t>(random_.next() % n));
  return recorded_.back();
}

Millis Tape::between(Millis low, Millis high) {
  return low + Millis(choose(static_cast<std::uint32_t>((high - low).count()) + 1));
}

}  // namespace rollout
