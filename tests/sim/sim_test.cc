// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/simulation.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace rollout {
namespace {

/// Sanitizers slow the runs down, so their builds make fewer.
std::uint64_t seeds() {
  const char* text = std::getenv("ROLLOUT_SIM_SEEDS");
  return text == nullptr ? ROLLOUT_SIM_SEEDS : std::strtoull(text, nullptr, 10);
}

// Promises 1, 2, 3, 4, 5, 8, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 27
TEST(Simulation, AMonthOfTroubleBreaksNoPromise) {
  const Campaign campaign = run_campaign(0, seeds());
  for (const std::string& failure : campaign.failures) ADD_FAILURE() << failure;
  if (seeds() < 300) return;  // Too few to see everything.
  for (const std::string& what : never_seen(campaign.counters)) {
    ADD_FAILURE() << "in no run: " << what;
  }
}

// Promise 27
TEST(Simulation, ATapeGivesTheRunOfItsSeed) {
  const SimRun run = simulate(Tape(7));
  EXPECT_EQ(simulate(Tape(run.tape)).trace, run.trace);
}

TEST(Simulation, AnEmptyTapeIsAQuietMonth) {
  const SimRun run = simulate(Tape(std::vector<std::uint32_t>{}));
  EXPECT_TRUE(run.violations.empty()) << report(0, run);
  EXPECT_FALSE(run.counters.contains("ambiguous"));
  EXPECT_TRUE(run.counters.contains("event: version.created"));
}

class PlantedBug : public testing::TestWithParam<Plant> {};

TEST_P(PlantedBug, IsFound) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const SimRun run = simulate(Tape(seed), GetParam());
    for (const auto& violation : run.violations) {
      if (violation.invariant.starts_with(std::string(caught_by(GetParam())) + " ")) return;
    }
  }
  ADD_FAILURE() << "60 runs did not find it";
}
INSTANTIATE_TEST_SUITE_P(Simulation, PlantedBug, testing::ValuesIn(kPlants),
                         [](const auto& plant) { return std::string(to_string(plant.param)); });

}  // namespace
}  // namespace rollout
