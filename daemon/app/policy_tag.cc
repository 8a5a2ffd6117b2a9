// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "daemon/adapters/system/host.h"
#include "daemon/adapters/system/system_clock.h"
#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/app/one_build.h"
#include "daemon/app/render.h"
#include "daemon/app/session.h"
#include "daemon/codec/report/report_tag.h"
#include "daemon/core/policy/rendering.h"

namespace rollout {
OrExit<int> run(const PolicyTag& command, Session& session) {
  const auto policy = load_tagging_file(command.policy);
  if (!policy) {
    session.console().errors(policy.error());
    return kExitConfig;
  }
  SystemClock clock;
  TRY_ASSIGN(const std::optional<WorkerConfig> worker, configured_worker(command.worker, session));
  OneBuild source({.worker = WorkerId(command.worker),
                   .dir = command.dir,
                   .main = {},
                   .configured = worker ? &*worker : nullptr},
                  clock);
  TRY_ASSIGN(const Build build, session.check(source.read()));
  Facts facts = all_facts(build, policy->name, command.worker, host_name());
  if (command.worker.empty()) facts.erase("worker.name");  // Missing, not empty.
  const auto made = render_in_detail(*policy, build, facts);
  if (!made) {
    session.console().say(render_facts(facts_to_json(facts), session.console()));
    return session.fail(made.error());
  }
  const Json data = tag_to_json(*policy, build, facts, *made);
  if (session.json())
    session.console().print_json(data);
  else
    session.console().print(render_tag(data, session.console()));
  return kExitOk;
}

}  // namespace rollout
