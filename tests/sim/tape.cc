// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/tape.h"

#include <algorithm>

namespace rollout {
namespace {

class Shrinking {
 public:
  using Choices = std::vector<std::uint32_t>;
  Shrinking(Choices tape, const std::function<bool(const Choices&)>& fails, int tries)
      : tape_(std::move(tape)), fails_(fails), tries_(tries) {}

  Choices run() {
    trim();
    for (std::size_t piece = tape_.size(); piece > 0 && tries_ > 0; piece /= 2) zero(piece);
    trim();
    return std::move(tape_);
  }

 private:
  bool take(Choices candidate) {
    if (candidate == tape_) return true;
    if (tries_ <= 0) return false;
    --tries_;
    if (!fails_(candidate)) return false;
    tape_ = std::move(candidate);
    return true;
  }

  /// Past its end a tape reads 0, so zeros at the end are cut off for nothing.
  void trim() {
    for (std::size_t piece = tape_.size() / 2; piece > 0 && tries_ > 0; piece /= 2) {
      while (piece <= tape_.size() && tries_ > 0 &&
             take({tape_.begin(), tape_.end() - static_cast<std::ptrdiff_t>(piece)})) {
      }
    }
  }

  void zero(std::size_t piece) {
    for (std::size_t at = 0; at < tape_.size() && tries_ > 0; at += piece) {
      Choices candidate = tape_;
      const std::size_t end = std::min(at + piece, candidate.size());
      std::fill(candidate.begin() + static_cast<std::ptrdiff_t>(at),
                candidate.begin() + static_cast<std::ptrdiff_t>(end), 0U);
      take(std::move(candidate));
    }
  }

  Choices tape_;
  const std::function<bool(const Choices&)>& fails_;
  int tries_;
};

}  // namespace

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

std::vector<std::uint32_t> shrink(
    std::vector<std::uint32_t> tape,
    const std::function<bool(const std::vector<std::uint32_t>&)>& fails, int tries) {
  return Shrinking(std::move(tape), fails, tries).run();
}

Millis Tape::between(Millis low, Millis high) {
  return low + Millis(choose(static_cast<std::uint32_t>((high - low).count()) + 1));
}

}  // namespace rollout
