// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/system/host.h"
#include "daemon/adapters/system/system_clock.h"
#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/app/one_build.h"
#include "daemon/app/session.h"
#include "daemon/codec/report/report_version.h"
#include "daemon/core/policy/tagging.h"

namespace rollout {
namespace {

Json facts_to_json(const Facts& facts) {
  Json json = Json::object();
  for (const auto& [name, fact] : facts)
    json[name] = {{"value", fact.value}, {"where", fact.where}};
  return json;
}

}  // namespace

OrExit<int> run(const PolicyTag& command, Session& session) {
  const auto policy = load_tagging_file(command.policy);
  if (!policy) {
    session.console().errors(policy.error());
    return kExitConfig;
  }
  SystemClock clock;
  OneBuild source({.worker = WorkerId(command.worker), .dir = command.dir, .main = {}}, clock);
  TRY_ASSIGN(const Build build, session.check(source.read()));
  const Facts facts = all_facts(build, policy->name, command.worker, host_name());
  TRY_ASSIGN(const Annotations annotations, session.check(render(*policy, build, facts)));
  if (session.json()) {
    Json data = report_frame();
    data["tag"] = annotations.tag;
    data["message"] = annotations.message;
    data["digest"] = build.digest.hex();
    data["facts"] = facts_to_json(facts);
    session.console().print_json(data);
    return kExitOk;
  }
  session.console().print(
      fmt::format("tag      {}\nmessage  {}", annotations.tag, annotations.message));
  session.console().say(fmt::format("tag {}/{} bytes, message {}/{} bytes", annotations.tag.size(),
                                    kTagBytes, annotations.message.size(), kMessageBytes));
  return kExitOk;
}

}  // namespace rollout
