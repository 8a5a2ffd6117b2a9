// SPDX-License-Identifier: Apache-2.0
// What people, builders and the rest of the world do meanwhile.
#pragma once

#include <functional>
#include <string>

#include "tests/sim/plants.h"
#include "tests/sim/sim_ports.h"

namespace rollout {

class Workload {
 public:
  struct Stage {
    World& world;
    Setup& setup;
    Weather& weather;
    SimDisk& disk;
    SimCloud& cloud;
    Checker& checker;
    SimTriggers& triggers;
  };
  Workload(Stage stage, Plant plant);

  /// Everything that goes on by itself from now on.
  void begin();
  /// Everybody goes home, after tidying up: what was broken is mended, what was held is resumed.
  void heal();
  bool wants_restart() const { return wants_restart_; }
  void restarted() { wants_restart_ = false; }

  /// A person learns of it, looks after the pins, and lets pruning go on.
  void journal_was_lost();

  /// What a process that starts now reads.
  std::shared_ptr<const Config> config() const { return config_; }

 private:
  void every(Millis low, Millis high, std::function<void()> activity);
  /// Asked again until it is answered well: the process may die over it.
  void ask(const Command& command, std::function<void(const Answer&)> answered);
  /// Asked once: a refusal is an answer.
  void say(const Command& command, std::function<void(const Answer&)> answered);
  void look_at(const WorkerId& worker);

  void build(const WorkerId& worker);
  void publish(const WorkerId& worker);
  void deploy(const WorkerId& worker);
  void make_foreign(const WorkerId& worker);
  void make_twin(const WorkerId& worker);
  void delete_by_hand(const WorkerId& worker);
  void pin(const WorkerId& worker);
  void approve(const WorkerId& worker);
  void suspend(const WorkerId& worker);
  void resume(const WorkerId& worker);
  void inspect(const WorkerId& worker);
  void lose_root(const WorkerId& worker);
  void reload();
  void edit_policy();
  void publish_config();
  void step_clock();
  /// `flag` is true for a while.
  void weather(bool& flag, Millis low, Millis high);
  const Version* some_version(const WorkerId& worker);

  Stage stage_;
  Plant plant_;
  Edition edition_;
  std::shared_ptr<const Config> config_;
  std::map<WorkerId, std::uint32_t> built_;
  bool over_ = false;
  bool wants_restart_ = false;
};

}  // namespace rollout
