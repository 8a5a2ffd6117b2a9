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

}  // namespace

OrExit<int> run(const ConfigShow& command, Session& session) {
  const auto values = effective(session.options().config);
  if (!values) {
    session.console().errors(values.error());
    return kExitConfig;
  }
  Json json = report_frame();
  json["values"] = Json::array();
  std::vector<std::vector<std::string>> rows = {{"SETTING", "VALUE", "FROM"}};
  for (const EffectiveValue& value : *values) {
    if (!wanted(value, command.workers)) continue;
    json["values"].push_back(
        {{"path", value.path}, {"value", value.value}, {"source", value.source}});
    rows.push_back({value.path, value.value, value.source});
  }
  if (rows.size() == 1 && !command.workers.empty())
    return session.fail(kExitUsage, "no such Worker is configured");
  if (session.json())
    session.console().print_json(json);
  else
    session.console().print(align(rows));
  return kExitOk;
}

}  // namespace rollout
