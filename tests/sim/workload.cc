// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/workload.h"

#include <fmt/format.h>

#include <algorithm>

namespace rollout {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Millis days(int n) {
  return hours(24 * n);
}

}  // namespace

Workload::Workload(Stage stage, Plant plant) : stage_(stage), plant_(plant) {
  edition_.generation = 0;
  edition_.policy.keep_last = stage_.setup.keep_last;
  publish_config();
  stage_.triggers.forget();
}

void Workload::begin() {
  const Faults& faults = stage_.weather.faults;
  for (const WorkerId& worker : {kShop, kBlog}) {
    build(worker);
    every(hours(3), hours(16), [this, worker] { build(worker); });
    every(hours(8), hours(40), [this, worker] { deploy(worker); });
    every(days(2), days(5), [this, worker] { make_foreign(worker); });
    every(days(5), days(14), [this, worker] { make_twin(worker); });
    every(days(2), days(6), [this, worker] { delete_by_hand(worker); });
    every(days(2), days(6), [this, worker] { pin(worker); });
    every(hours(3), hours(9), [this, worker] { approve(worker); });
    every(days(6), days(15), [this, worker] { suspend(worker); });
    every(days(1), days(3), [this, worker] { inspect(worker); });
    every(days(4), days(9), [this, worker] { lose_root(worker); });
  }
  every(days(3), days(8), [this] { reload(); });
  every(days(3), days(8), [this] { edit_policy(); });
  every(days(5), days(10), [this] { stage_.triggers.pending().all_dirty = true; });
  every(days(4), days(9), [this] { wants_restart_ = stage_.triggers.pending().stop = true; });
  Weather& weather_now = stage_.weather;
  if (faults.outages) {
    every(days(3), days(9), [&, this] { weather(weather_now.down, minutes(1), hours(3)); });
  }
  if (faults.token_refused) {
    every(days(6), days(14),
          [&, this] { weather(weather_now.token_refused, minutes(10), hours(2)); });
  }
  if (faults.disk_full) {
    every(days(3), days(9), [&, this] { weather(weather_now.disk_full, minutes(10), hours(9)); });
  }
  if (faults.clock_steps) every(days(4), days(12), [this] { step_clock(); });
}

void Workload::every(Millis low, Millis high, std::function<void()> activity) {
  stage_.world.after(stage_.world.tape().between(low, high), [this, low, high, activity] {
    if (over_) return;
    activity();
    every(low, high, activity);
  });
}

void Workload::ask(const Command& command, std::function<void(const Answer&)> answered) {
  auto heard = std::make_shared<bool>(false);
  Request request{command, "ana", [heard, answered](Answer answer) {
                    if (answer.exit != 0) return;
                    *heard = true;
                    answered(answer);
                  }};
  stage_.triggers.pending().requests.push_back(std::move(request));
  stage_.world.after(minutes(20), [this, heard, command, answered] {
    if (!*heard && !over_) ask(command, answered);
  });
}

void Workload::say(const Command& command, std::function<void(const Answer&)> answered) {
  stage_.triggers.pending().requests.push_back({command, "ana", std::move(answered)});
}

void Workload::look_at(const WorkerId& worker) {
  if (!stage_.world.tape().one_in(stage_.weather.faults.event_lost)) {
    stage_.triggers.pending().dirty.insert(worker);
  }
}

void Workload::build(const WorkerId& worker) {
  stage_.disk.start_build(worker);
  look_at(worker);
  stage_.world.after(stage_.world.tape().between(minutes(1), minutes(20)), [this, worker] {
    if (!over_) publish(worker);
  });
}

void Workload::publish(const WorkerId& worker) {
  Tape& tape = stage_.world.tape();
  std::uint32_t& built = built_[worker];
  // Most builds are of new sources; some build old ones again.
  const bool again = built > 0 && tape.one_in(5);
  stage_.disk.finish_build(worker, again ? built - tape.choose(std::min(built, 12U)) : ++built);
  stage_.world.trace("published");
  look_at(worker);
}

const Version* Workload::some_version(const WorkerId& worker) {
  const auto& all = stage_.cloud.versions(worker);
  if (all.empty()) return nullptr;
  return &all[stage_.world.tape().choose(static_cast<std::uint32_t>(all.size()))];
}

void Workload::deploy(const WorkerId& worker) {
  Tape& tape = stage_.world.tape();
  const auto& all = stage_.cloud.versions(worker);
  if (all.empty()) return;
  const Version& first = tape.one_in(3) ? *some_version(worker) : all.front();
  const Version& second = *some_version(worker);
  if (tape.one_in(4) && first.id != second.id) {
    stage_.cloud.deploy(worker, {{first.id, 90}, {second.id, 10}});
  } else {
    stage_.cloud.deploy(worker, {{first.id, 100}});
  }
}

void Workload::make_foreign(const WorkerId& worker) {
  stage_.cloud.create(worker, "v901", "made by hand");
}

void Workload::make_twin(const WorkerId& worker) {
  const Version* version = some_version(worker);
  // Not of what is just being made: that twin would be the daemon's fault to nobody.
  if (version == nullptr || !build_in(*version) ||
      stage_.world.truth() - version->created_on.value_or(stage_.world.truth()) < hours(2)) {
    return;
  }
  const Annotations annotations = version->annotations;
  stage_.checker.twin_made(worker, {*Sha256::from_hex(*build_in(annotations.message))});
  stage_.cloud.create(worker, annotations.tag, annotations.message);
}

void Workload::delete_by_hand(const WorkerId& worker) {
  const Version* version = some_version(worker);
  if (version == nullptr || stage_.cloud.serving(worker).contains(version->id)) return;
  stage_.checker.person_deleted(worker, *version);
  stage_.cloud.remove(worker, version->id);
}

void Workload::pin(const WorkerId& worker) {
  const Version* version = some_version(worker);
  if (version == nullptr) return;
  const VersionId id = version->id;
  if (stage_.world.tape().one_in(3)) {
    stage_.checker.unpinned(id);
    ask(UnpinCommand{worker, std::string(id.text())}, [](const Answer&) {});
    return;
  }
  ask(PinCommand{worker, std::string(id.text()), "a customer depends on it", {}},
      [this, id](const Answer&) { stage_.checker.pinned(id); });
}

/// A person looks at what waits, and approves most of it: at once, or after a while, when it may
/// have become another plan.
void Workload::approve(const WorkerId& worker) {
  say(PlanCommand{worker}, [this, worker](const Answer& answer) {
    const auto* report = std::get_if<PlanReport>(&answer.body);
    if (report == nullptr || over_) return;
    const Plan& plan = report->plan;
    if (std::ranges::none_of(plan.stops, [](const Stop& stop) {
          return stop.code == StopCode::ApproveOver || stop.code == StopCode::Ratchet;
        })) {
      return;
    }
    stage_.world.sometimes("a plan waits for a person");
    Tape& tape = stage_.world.tape();
    if (tape.one_in(4)) return;
    std::set<VersionId> versions;
    for (const PruneVersion& prune : plan.ready) versions.insert(prune.version);
    const Millis hesitates = tape.one_in(3) ? tape.between(Millis(0), hours(9)) : Millis(0);
    stage_.world.after(hesitates, [this, worker, versions, id = plan.id] {
      if (over_) return;
      // From here on it may be so: the process may do it and die before it answers.
      stage_.checker.approving(worker, id, versions);
      say(ApplyCommand{worker, id}, [this](const Answer& applied) {
        stage_.world.sometimes(applied.exit == 0 ? "plan applied" : "approval refused");
      });
    });
  });
}

void Workload::suspend(const WorkerId& worker) {
  ask(SuspendCommand{worker, "holiday", {}}, [this, worker](const Answer&) {
    stage_.checker.suspended(worker);
    stage_.world.after(stage_.world.tape().between(hours(1), hours(60)), [this, worker] {
      if (over_) return;
      resume(worker);
    });
  });
}

void Workload::resume(const WorkerId& worker) {
  // From here on it may be so: the process may do it and die before it answers.
  stage_.checker.resumed(worker);
  ask(ResumeCommand{worker}, [this, worker](const Answer&) { stage_.checker.resumed(worker); });
}

void Workload::journal_was_lost() {
  for (const WorkerId& worker : {kShop, kBlog}) {
    stage_.world.after(stage_.world.tape().between(hours(2), hours(60)), [this, worker] {
      if (over_) return;
      resume(worker);
    });
  }
}

void Workload::inspect(const WorkerId& worker) {
  ask(PlanCommand{worker}, [this](const Answer& answer) {
    for (const Verdict& verdict : std::get<PlanReport>(answer.body).plan.verdicts) {
      for (const Reason& reason : verdict.reasons) {
        stage_.world.sometimes(fmt::format("reason: {}", to_string(reason.code)));
      }
    }
  });
  ask(ReconcileCommand{worker}, [](const Answer&) {});
}

void Workload::lose_root(const WorkerId& worker) {
  stage_.disk.set_reachable(worker, false);
  look_at(worker);
  stage_.world.after(stage_.world.tape().between(minutes(5), hours(10)), [this, worker] {
    stage_.disk.set_reachable(worker, true);
    look_at(worker);
  });
}

void Workload::publish_config() {
  ++edition_.generation;
  auto config = make_config(stage_.setup, edition_);
  plant_in(plant_, *config);
  config_ = config;
  Wake& pending = stage_.triggers.pending();
  pending.config = config;
  pending.configuration_broken = false;
}

void Workload::reload() {
  Tape& tape = stage_.world.tape();
  switch (tape.choose(3)) {
    case 1:
      edition_.mode = Mode::observe;
      break;
    case 2:
      if (stage_.triggers.pending().config) return;
      stage_.triggers.pending().configuration_broken = true;
      stage_.world.sometimes("configuration broken");
      break;
    default:
      break;
  }
  if (!stage_.triggers.pending().configuration_broken) publish_config();
  stage_.world.after(tape.between(hours(1), hours(20)), [this] {
    if (over_) return;
    edition_.mode = Mode::enforce;
    publish_config();
  });
}

void Workload::edit_policy() {
  PolicyEdition& policy = edition_.policy;
  ++policy.number;
  policy.keep_last = 2 + (policy.keep_last - 2 + stage_.world.tape().choose(5)) % 5;
  publish_config();
}

void Workload::step_clock() {
  Tape& tape = stage_.world.tape();
  Millis by = tape.between(Millis(0), tape.coin() ? Millis(minutes(2)) : days(40));
  if (tape.coin()) by = -by;
  stage_.world.step_wall_clock(by);
  stage_.checker.wall_clock_stepped(by);
  stage_.world.sometimes("clock step");
}

void Workload::weather(bool& flag, Millis low, Millis high) {
  flag = true;
  stage_.world.after(stage_.world.tape().between(low, high), [&flag] { flag = false; });
}

void Workload::heal() {
  over_ = true;
  stage_.weather = {};
  stage_.world.crash_one_in = 0;
  edition_.mode = Mode::enforce;
  publish_config();
  for (const WorkerId& worker : {kShop, kBlog}) {
    stage_.disk.set_reachable(worker, true);
    stage_.checker.resumed(worker);
    Request request{ResumeCommand{worker}, "ana",
                    [this, worker](const Answer&) { stage_.checker.resumed(worker); }};
    stage_.triggers.pending().requests.push_back(std::move(request));
  }
}

}  // namespace rollout
