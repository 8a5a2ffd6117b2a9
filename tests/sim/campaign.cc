// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "daemon/core/plan/event.h"
#include "daemon/core/policy/retention.h"
#include "tests/sim/simulation.h"

namespace rollout {
namespace {

constexpr std::uint64_t kTwice = 10;
constexpr int kShrinkTries = ROLLOUT_SHRINK_TRIES;  ///< Each is a whole run.

/// What can only happen outside of a lane.
constexpr std::string_view kNotOfALane[] = {
    "daemon.started", "daemon.stopping", "config.loaded",  "config.reload_failed",
    "watch.overflow", "watch.degraded",  "watch.recovered"};

constexpr std::string_view kMustHappen[] = {
    "a changed policy would take what the former kept",
    "a delete inside its window",
    "a person agreed to a policy",
    "a plan waits for a person",
    "an approved delete",
    "approval refused",
    "ambiguous",
    "ambiguous resent",
    "budget waited",
    "clock step",
    "configuration broken",
    "crash: after begin",
    "crash: after finish",
    "crash: after keep",
    "crash: append",
    "crash: before begin",
    "crash: before finish",
    "crash: before keep",
    "crash: create, after its answer",
    "crash: create, before it is sent",
    "crash: create, in flight",
    "crash: emit",
    "crash: list",
    "crash: look",
    "crash: open",
    "crash: read the deployments",
    "crash: recall",
    "crash: remove, after its effect",
    "crash: remove, before it is sent",
    "crash: wait",
    "delete refused as deployed",
    "disk full",
    "duplicate healed",
    "former policy unreadable",
    "host suspended",
    "journal lost",
    "late effect",
    "outcome: abandoned",
    "outcome: adopted",
    "outcome: done",
    "outcome: failed",
    "outcome: refused",
    "overflow rescan",
    "plan applied",
    "plan halted",
    "pruned",
    "stale listing",
};

std::string write_tape(const std::string& name, const std::vector<std::uint32_t>& tape) {
  const auto path = std::filesystem::temp_directory_path() / name;
  std::ofstream out(path);
  for (const std::uint32_t choice : tape) out << choice << '\n';
  return path.string();
}

/// The part of the tape that breaks the same promise.
std::vector<std::uint32_t> shrunk(const SimRun& run, Plant plant) {
  const std::string& broken = run.violations.front().invariant;
  const auto fails = [&](const std::vector<std::uint32_t>& tape) {
    const SimRun again = simulate(Tape(tape), plant);
    return !again.violations.empty() && again.violations.front().invariant == broken;
  };
  return shrink(run.tape, fails, kShrinkTries);
}

}  // namespace

std::string report(std::uint64_t seed, const SimRun& run, Plant plant) {
  std::string text =
      fmt::format("seed {} at commit {}: tape {} ({} choices)\n", seed, ROLLOUT_REVISION,
                  write_tape(fmt::format("sim-{}.tape", seed), run.tape), run.tape.size());
  if (!run.violations.empty()) {
    const auto small = shrunk(run, plant);
    text += fmt::format("  shrunk to tape {} ({} choices, {} of them not 0)\n",
                        write_tape(fmt::format("sim-{}.shrunk.tape", seed), small), small.size(),
                        small.size() - static_cast<std::size_t>(std::ranges::count(small, 0U)));
  }
  for (const auto& violation : run.violations) {
    text += fmt::format("  promise {}: {}\n", violation.invariant, violation.detail);
  }
  return text;
}

Campaign run_campaign(std::uint64_t first_seed, std::uint64_t seeds) {
  Campaign campaign;
  std::mutex mutex;
  std::atomic<std::uint64_t> next{first_seed};
  const auto work = [&] {
    for (std::uint64_t seed = next++; seed < first_seed + seeds; seed = next++) {
      const SimRun run = simulate(Tape(seed));
      const bool same = seed % kTwice != 0 || simulate(Tape(seed)).trace == run.trace;
      const std::lock_guard lock(mutex);
      for (const auto& [what, count] : run.counters) campaign.counters[what] += count;
      if (!run.violations.empty()) campaign.failures.push_back(report(seed, run));
      if (!same) campaign.failures.push_back(fmt::format("seed {}: two traces\n", seed));
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(std::thread::hardware_concurrency(), 1U); ++i) {
    threads.emplace_back(work);
  }
  threads.clear();
  return campaign;
}

std::vector<std::string> never_seen(const std::map<std::string, std::uint64_t>& counters) {
  std::vector<std::string> missing;
  const auto need = [&](std::string what) {
    if (!counters.contains(what)) missing.push_back(std::move(what));
  };
  for (const std::string_view what : kMustHappen) need(std::string(what));
  for (const EventKind& kind : all_event_kinds()) {
    if (std::ranges::find(kNotOfALane, kind.name) == std::end(kNotOfALane)) {
      need(fmt::format("event: {}", kind.name));
    }
  }
  for (int code = 0; code <= static_cast<int>(ReasonCode::refused); ++code) {
    need(fmt::format("reason: {}", to_string(static_cast<ReasonCode>(code))));
  }
  return missing;
}

}  // namespace rollout
