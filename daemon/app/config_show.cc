// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/yaml/yaml_policy_source.h"
#include "daemon/app/session.h"
#include "daemon/app/text.h"
#include "daemon/codec/report/report_version.h"

namespace rollout {
namespace {

/// With `--worker`: what is about those Workers.
bool wanted(const EffectiveValue& value, const std::vector<std::string>& workers) {
  if (workers.empty()) return true;
  return std::ranges::any_of(workers, [&value](const std::string& worker) {
    return value.path.starts_with(fmt::format("workers.{}.", worker));
  });
}

/// The Workers that have settings, in their order.
std::vector<std::string> workers_of(const std::vector<EffectiveValue>& values) {
  constexpr std::string_view kPrefix = "workers.";
  std::vector<std::string> names;
  for (const EffectiveValue& value : values) {
    if (!value.path.starts_with(kPrefix)) continue;
    const std::string rest = value.path.substr(kPrefix.size());
    std::string name = rest.substr(0, rest.find('.'));
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

OrExit<int> run(const ConfigShow& command, Session& session) {
  const auto values = effective(session.options().config);
  if (!values) {
    session.console().errors(values.error());
    return kExitConfig;
  }
  const std::vector<std::string> known = workers_of(*values);
  for (const std::string& worker : command.workers)
    if (std::ranges::find(known, worker) == known.end())
      return session.fail(kExitUsage, unknown_worker_sentence(worker, known));
  Json json = report_frame();
  json["values"] = Json::array();
  std::vector<std::vector<std::string>> rows = {{"SETTING", "VALUE", "FROM"}};
  for (const EffectiveValue& value : *values) {
    if (!wanted(value, command.workers)) continue;
    json["values"].push_back(
        {{"path", value.path}, {"value", value.value}, {"source", value.source}});
    rows.push_back({value.path, value.value, value.source});
  }
  if (session.json())
    session.console().print_json(json);
  else
    session.console().print(align(rows));
  return kExitOk;
}

}  // namespace rollout
