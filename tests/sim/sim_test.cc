// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

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

TEST(Simulation, ATapeShrinksToWhatMatters) {
  std::vector<std::uint32_t> tape(5000, 9);
  const auto fails = [](const std::vector<std::uint32_t>& t) {
    return t.size() > 1700 && t[17] == 9 && t[1700] == 9;
  };
  const auto small = shrink(tape, fails, 2000);
  EXPECT_EQ(small.size(), 1701U);
  EXPECT_EQ(std::count(small.begin(), small.end(), 0U), 1699);
  EXPECT_TRUE(fails(small));
  EXPECT_TRUE(fails(shrink(tape, fails, 3))) << "with few tries it is only larger";
}

// A failure can be had again from what is printed of it.
TEST(Simulation, AFailureNamesItsSeedItsCommitAndASmallerTapeThatFailsToo) {
  const SimRun run = simulate(Tape(0), Plant::blind_retry);
  ASSERT_FALSE(run.violations.empty());
  const std::string text = report(0, run, Plant::blind_retry);
  EXPECT_TRUE(text.starts_with("seed 0 at commit ")) << text;
  const std::string start = "shrunk to tape ";
  const auto at = text.find(start) + start.size();
  std::ifstream in(text.substr(at, text.find(' ', at) - at));
  const std::vector<std::uint32_t> small{std::istream_iterator<std::uint32_t>(in), {}};
  EXPECT_LT(small.size(), run.tape.size());
  const SimRun again = simulate(Tape(small), Plant::blind_retry);
  ASSERT_FALSE(again.violations.empty());
  EXPECT_EQ(again.violations.front().invariant, run.violations.front().invariant);
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
