// SPDX-License-Identifier: Apache-2.0
// The whole daemon in one thread over a virtual clock (architecture.md, "Simulation"): a month of
// trouble, then a world that is whole again, in which everything must come right.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/plants.h"
#include "tests/sim/world.h"

namespace rollout {

struct SimRun {
  std::uint64_t trace = 0;
  std::vector<World::Violation> violations;
  std::map<std::string, std::uint64_t> counters;
  std::vector<std::uint32_t> tape;
};

SimRun simulate(Tape tape, Plant plant = Plant::none);

/// Many runs, on several threads; every tenth seed twice, whose traces must be equal.
struct Campaign {
  std::map<std::string, std::uint64_t> counters;
  std::vector<std::string> failures;  ///< Each names its seed, the promise and the tape's file.
};
Campaign run_campaign(std::uint64_t first_seed, std::uint64_t seeds);

/// The seed, the commit, and a sentence per violation. The tape is written beside, and what it
/// shrinks to; both are named.
std::string report(std::uint64_t seed, const SimRun& run, Plant plant = Plant::none);

/// What must have been counted in a campaign of a few hundred seeds, and was not.
std::vector<std::string> never_seen(const std::map<std::string, std::uint64_t>& counters);

}  // namespace rollout
