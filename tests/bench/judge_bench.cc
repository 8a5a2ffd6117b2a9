// SPDX-License-Identifier: Apache-2.0
// `judge`, and the `plan` around it, over 100 to 1,000,000 versions with every rule and protection
// of the retention language in use.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include "daemon/core/plan/plan.h"
#include "daemon/core/plan/prune.h"
#include "tests/support/an_observation.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

Pattern pattern(std::string_view text) {
  return Pattern::parse(text).value();
}

std::vector<KeepRule> every_kind() {
  return {{RuleKind::last, {Count{20}}, {}},
          {RuleKind::within, {Duration{.exact = days(14)}}, {}},
          {RuleKind::hourly, {Count{24}, Duration{.exact = days(2)}}, {}},
          {RuleKind::daily, {Count{14}, Duration{.exact = days(14)}}, {}},
          {RuleKind::weekly, {Count{8}}, {}},
          {RuleKind::monthly, {Count{12}, Duration{.years = 1}}, {}},
          {RuleKind::quarterly, {Every{}}, {}},
          {RuleKind::yearly, {Every{}}, {}},
          {RuleKind::deployed, {Count{5}, Duration{.months = 1}}, {}},
          {RuleKind::stable, {Count{3}, Duration{.exact = days(90)}}, {}},
          {RuleKind::tagged, {}, {pattern("v*.0"), pattern("re:v[0-9]+\\.[0-9]*77")}}};
}

RetentionPolicy every_rule() {
  RetentionPolicy policy;
  policy.name = PolicyName("bench");
  policy.hash = "hash";
  policy.timezone = Zone::find("America/New_York").value();
  policy.groups = {
      {"release", {pattern("v*")}, every_kind()},
      {"preview",
       {pattern("pr-<pr>-*")},
       {{RuleKind::last, {Count{2}}, {}}, {RuleKind::within, {Duration{.exact = days(14)}}, {}}},
       "pr",
       Anchor::now,
       0},
      {"rest", {}, every_kind()}};
  policy.protect = {.min_age = Duration{.exact = 1h},
                    .rollback = 2,
                    .soak = Duration{.exact = 15min},
                    .pin = {pattern("keep-*"), pattern("re:hold-(fix|demo)")}};
  policy.limits.window = Window::parse("Mon-Fri 09:00-17:00").value();
  return policy;
}

/// Of five years and a half. Half are previews, twenty for each pull request; one in five hundred
/// took the traffic, first half of it.
struct World {
  RetentionPolicy policy = every_rule();
  AccountConfig account;
  WorkerConfig worker;
  Observed observed;

  explicit World(std::uint64_t size) {
    const Millis step = Millis(days(2008)) / size;
    auto& deployments = observed.deployments.deployments;
    for (std::uint64_t number = size; number > 0; --number) {
      const Instant created = kNow - (size - number) * step;
      auto builder = a_version(number).created(created).tagged(tag_of(number));
      if (number % 11 == 0) builder.foreign();
      observed.listing.versions.push_back(builder.version());
      observed.memory.versions[version_id(number)].first_seen = created + 1s;
      if (number % 1000 == 7) observed.memory.pins[version_id(number)];
      if (number % 500 != 0 && number != size) continue;
      deployments.push_back(a_deployment(created + step / 2, {{version_id(number), 100}}));
      deployments.push_back(a_deployment(
          created, {{version_id(number), 50}, {version_id(number - number % 500 + 1), 50}}));
    }
    if (size > 1) observed.builds.builds = {a_build(size), a_build(size / 2)};
    observed.memory.highest_number = size;
    observed.memory.had_deployment = true;
    worker.retention = std::make_shared<RetentionPolicy>(policy);
    worker.build.emplace().path = "/srv/shop/dist";
    observed.worker = &worker;
    observed.account = &account;
    observed.mode = Mode::enforce;
    observed.now = kNow;
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  static std::string tag_of(std::uint64_t number) {
    if (number % 97 == 0) return "keep-me";
    if (number % 2 == 0) return fmt::format("pr-{}-{:08x}", number / 40, number);
    if (number % 5 == 0) return fmt::format("build {}", number);
    return fmt::format("v{}.{}", number / 100, number % 100);
  }
};

/// What the allocator has handed out.
std::size_t allocated() {
  const struct mallinfo2 all = mallinfo2();
  return all.uordblks + all.hblkhd;
}

void BM_Judge(benchmark::State& state) {
  const World world(static_cast<std::uint64_t>(state.range(0)));
  const History history = history_of(world.policy, world.observed, world.observed.memory);
  for (auto _ : state) {
    benchmark::DoNotOptimize(judge(world.policy, history, kNow));
  }
  const std::size_t before = allocated();
  const auto verdicts = judge(world.policy, history, kNow);
  state.SetComplexityN(state.range(0));
  state.counters["bytes_per_version"] =
      static_cast<double>(allocated() - before) / static_cast<double>(state.range(0));
  state.counters["kept"] = static_cast<double>(
      std::count_if(verdicts.begin(), verdicts.end(), std::mem_fn(&Verdict::kept)));
}
BENCHMARK(BM_Judge)
    ->RangeMultiplier(10)
    ->Range(100, 1000000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity(benchmark::oNLogN);

void BM_Plan(benchmark::State& state) {
  const World world(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(plan(world.observed));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(BM_Plan)
    ->RangeMultiplier(10)
    ->Range(100, 1000000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity(benchmark::oNLogN);

}  // namespace
}  // namespace rollout

BENCHMARK_MAIN();
