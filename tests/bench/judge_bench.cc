// SPDX-License-Identifier: Apache-2.0
// `judge` over 100 to 1,000,000 versions with every rule and protection in use.
#include <benchmark/benchmark.h>

#include "daemon/core/policy/retention.h"
#include "tests/support/a_version.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

Pattern pattern(std::string_view text) {
  return Pattern::parse(text).value();
}

RetentionPolicy every_rule() {
  const KeepRule last{RuleKind::last, {Count{20}}, {}};
  const KeepRule within{RuleKind::within, {Duration{.exact = 14 * 24h}}, {}};
  const KeepRule deployed{RuleKind::deployed, {Count{5}, Duration{.months = 1}}, {}};
  const KeepRule tagged{RuleKind::tagged, {}, {pattern("v*.0"), pattern("re:v[0-9]+-lts")}};
  RetentionPolicy policy;
  policy.name = PolicyName("bench");
  policy.groups = {{"release", {pattern("v*")}, {last, within, deployed, tagged}},
                   {"preview", {pattern("pr-*")}, {last, within}},
                   {"rest", {}, {last, deployed}}};
  policy.protect.pin = {pattern("keep-*")};
  return policy;
}

/// A version every minute, most of them previews; one in five hundred was deployed.
struct Worker {
  std::vector<Version> versions;
  DeploymentHistory deployments;
  History history;

  explicit Worker(std::uint64_t size) {
    for (std::uint64_t number = size; number > 0; --number) {
      auto builder = a_version(number).aged((size - number) * 1min);
      builder.tagged(number % 5 == 0 ? fmt::format("v1.{}.{}", number / 100, number % 100)
                                     : fmt::format("pr-{}-{}", number % 50, number));
      if (number % 97 == 0) builder.tagged("keep-me");
      if (number % 11 == 0) builder.foreign();
      versions.push_back(builder.version());
      history.first_seen[version_id(number)] = *builder.version().created_on + 1s;
      if (number % 500 == 0 || number == size) {
        deployments.deployments.push_back(
            a_deployment(builder.version().created_on, {{version_id(number), 100}}));
      }
      if (number % 1000 == 7) history.pinned.insert(version_id(number));
    }
    history.on_disk = {digest_of(size), digest_of(size / 2)};
    history.versions = versions;
    history.deployments = &deployments;
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
};

void BM_Judge(benchmark::State& state) {
  const Worker worker(static_cast<std::uint64_t>(state.range(0)));
  const RetentionPolicy policy = every_rule();
  std::size_t kept = 0;
  for (auto _ : state) {
    const auto verdicts = judge(policy, worker.history, kNow);
    for (const Verdict& verdict : verdicts) kept += verdict.kept() ? 1 : 0;
  }
  state.SetComplexityN(state.range(0));
  state.counters["kept"] =
      benchmark::Counter(static_cast<double>(kept), benchmark::Counter::kAvgIterations);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Judge)
    ->RangeMultiplier(10)
    ->Range(100, 1000000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity(benchmark::oNLogN);

}  // namespace
}  // namespace rollout

BENCHMARK_MAIN();
