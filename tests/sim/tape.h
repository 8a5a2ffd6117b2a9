// SPDX-License-Identifier: Apache-2.0
// Every choice of a run, on one tape. 0 is always the benign answer, so that a tape that is cut or
// zeroed still makes a run, with less trouble in it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "daemon/core/model/instant.h"
#include "daemon/ports/random.h"

namespace rollout {

/// Uniform 64-bit numbers from a seed (splitmix64, Steele et al. 2014): the same on every host.
class SimRandom final : public Random {
 public:
  explicit SimRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override;

 private:
  std::uint64_t state_;
};

class Tape {
 public:
  explicit Tape(std::uint64_t seed) : random_(seed) {}
  /// Reads a tape; past its end everything is 0.
  explicit Tape(std::vector<std::uint32_t> recorded)
      : random_(0), recorded_(std::move(recorded)), replays_(true) {}

  /// In [0, n).
  std::uint32_t choose(std::uint32_t n);
  /// True once in `n` on average; never where `n` is 0.
  bool one_in(std::uint32_t n) { return n > 1 && choose(n) == n - 1; }
  bool coin() { return one_in(2); }
  Millis between(Millis low, Millis high);

  const std::vector<std::uint32_t>& recorded() const { return recorded_; }

 private:
  SimRandom random_;
  std::vector<std::uint32_t> recorded_;
  std::size_t at_ = 0;
  bool replays_ = false;
};

/// The smallest tape that was found to fail still: its end is cut off and its choices are zeroed,
/// in ever smaller pieces, with at most `tries` runs.
std::vector<std::uint32_t> shrink(
    std::vector<std::uint32_t> tape,
    const std::function<bool(const std::vector<std::uint32_t>&)>& fails, int tries);

}  // namespace rollout
