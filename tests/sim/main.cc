// SPDX-License-Identifier: Apache-2.0
// `sim --seed N`: one run, told. `sim --tape FILE`: a recorded one. `sim --seeds N`: many.
// With ROLLOUT_SIM_STORY=1 in the environment, each step of a run is printed.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "tests/sim/simulation.h"

namespace {

int tell(std::uint64_t seed, const rollout::SimRun& run) {
  for (const auto& [what, count] : run.counters) fmt::print("{:8} {}\n", count, what);
  fmt::print("{:016x} trace\n", run.trace);
  if (run.violations.empty()) return 0;
  fmt::print("{}", rollout::report(seed, run));
  return 1;
}

std::vector<std::uint32_t> read_tape(const char* path) {
  std::ifstream in(path);
  return {std::istream_iterator<std::uint32_t>(in), {}};
}

/// Tells what fails as it goes: a long campaign is left alone for hours.
int tell_many(std::uint64_t seeds) {
  constexpr std::uint64_t kAtOnce = 100;
  std::map<std::string, std::uint64_t> counters;
  std::size_t failures = 0;
  for (std::uint64_t first = 0; first < seeds; first += kAtOnce) {
    const auto campaign = rollout::run_campaign(first, std::min(kAtOnce, seeds - first));
    for (const auto& failure : campaign.failures) fmt::print("{}", failure);
    failures += campaign.failures.size();
    for (const auto& [what, count] : campaign.counters) counters[what] += count;
    std::fflush(stdout);
  }
  for (const auto& what : rollout::never_seen(counters)) fmt::print("in no run: {}\n", what);
  fmt::print("{} seeds, {} failures\n", seeds, failures);
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc == 3 ? argv[1] : "";
  if (mode == "--tape") return tell(0, rollout::simulate(rollout::Tape(read_tape(argv[2]))));
  const std::uint64_t number = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 0;
  if (mode == "--seed") return tell(number, rollout::simulate(rollout::Tape(number)));
  if (mode != "--seeds") {
    fmt::print(stderr, "usage: sim --seed N | --seeds N | --tape FILE\n");
    return 64;
  }
  return tell_many(number);
}
