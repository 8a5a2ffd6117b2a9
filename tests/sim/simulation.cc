// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/simulation.h"

#include "daemon/engine/lane.h"
#include "tests/sim/sim_api.h"
#include "tests/sim/workload.h"

namespace rollout {
namespace {

constexpr Millis kTrouble = std::chrono::hours(24 * 30);
constexpr Millis kPeace = std::chrono::hours(24 * 4);

/// Everything that outlives the process.
struct Host {
  Host(Tape choices, Plant the_plant)
      : world(std::move(choices)), setup(draw_setup(world.tape())), plant(the_plant) {
    weather.faults = setup.faults;
    world.crash_one_in = setup.faults.crash;
  }
  World world;
  Setup setup;
  Plant plant;
  Weather weather;
  SimDisk disk{world};
  SimCloud cloud{world, setup, world.tape().choose(1U << 30U)};
  Checker checker{world, setup, cloud, disk};
  SimJournal journal{world, weather, checker};
  SimTriggers triggers{world, checker};
  SimEvents events{world, checker};
  SimPolicies policies{world, setup, weather};
  SimRandom random{world.tape().choose(1U << 30U)};
  Workload workload{{world, setup, weather, disk, cloud, checker, triggers}, plant};
};

/// One life of the process. True where it ended because it was told to.
bool live(Host& host) {
  SimApi service({host.world, host.setup, host.weather, host.cloud, host.checker, host.journal});
  const auto planted_api = plant_in(host.plant, service);
  const auto planted_journal = plant_in(host.plant, host.journal);
  const Ports ports{host.world,
                    host.random,
                    planted_api ? *planted_api : static_cast<VersionsApi&>(service),
                    host.disk,
                    planted_journal ? *planted_journal : static_cast<Journal&>(host.journal),
                    host.triggers,
                    host.events,
                    host.policies};
  host.checker.started(host.journal.recovering().has_value());
  host.checker.configured(*host.workload.config());
  Progress progress;
  try {
    Lane lane(ports, kAccount, host.workload.config(), progress);
    lane.run();
    return true;
  } catch (const SimCrash&) {
    host.world.revive();
    return false;
  }
}

/// Between two lives.
void lie_down(Host& host) {
  Tape& tape = host.world.tape();
  if (tape.one_in(host.weather.faults.journal_lost)) {
    host.journal.lose();
    host.workload.journal_was_lost();
  }
  host.world.pass(tape.one_in(6) ? tape.between(std::chrono::minutes(10), std::chrono::hours(30))
                                 : tape.between(std::chrono::seconds(5), std::chrono::seconds(30)));
  host.triggers.forget();
}

void run_until_stopped(Host& host, const bool& over) {
  while (!over && host.world.violations().empty()) {
    const bool asked = live(host);
    if (over || !host.world.violations().empty()) break;
    if (asked) host.workload.restarted();
    lie_down(host);
  }
  host.triggers.forget();
}

}  // namespace

SimRun simulate(Tape tape, Plant plant) {
  Host host(std::move(tape), plant);
  bool over = false;
  const auto stop_after = [&](Millis span) {
    over = false;
    host.world.after(span, [&] { over = host.triggers.pending().stop = true; });
  };
  host.workload.begin();
  stop_after(kTrouble);
  run_until_stopped(host, over);
  if (host.world.violations().empty()) {
    host.workload.heal();
    stop_after(kPeace);
    run_until_stopped(host, over);
  }
  if (host.world.violations().empty()) {
    for (const WorkerId& worker : {kShop, kBlog}) {
      host.checker.converged(worker, *host.journal.durable().recall(worker));
    }
  }
  return {host.world.trace_hash(), host.world.violations(), host.world.counters(),
          host.world.tape().recorded()};
}

}  // namespace rollout
