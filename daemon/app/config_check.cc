// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/adapters/yaml/yaml_policy_source.h"
#include "daemon/app/session.h"
#include "daemon/codec/report/report_version.h"

namespace rollout {
namespace {

struct Findings {
  std::vector<ConfigError> errors;
  std::vector<std::string> good;  ///< One sentence for each thing that is right.
};

void check_policy(const std::string& path, Findings& findings) {
  Document document(path);
  const auto label = label_of(document);
  if (label && label->kind == PolicyKind::retention) build_retention(document);
  if (label && label->kind == PolicyKind::tagging) build_tagging(document);
  const std::size_t before = findings.errors.size();
  document.report(findings.errors);
  if (findings.errors.size() == before) findings.good.push_back(path + ": ok");
}

void check_all(const std::string& path, Findings& findings) {
  auto config = YamlPolicySource(path).load();
  if (!config) {
    findings.errors = std::move(config).error();
    return;
  }
  findings.good.push_back(fmt::format("{}: ok, {} accounts, {} workers, mode {}", path,
                                      config->accounts.size(), config->workers.size(),
                                      config->mode == Mode::enforce ? "enforce" : "observe"));
}

}  // namespace

OrExit<int> run(const ConfigCheck& command, Session& session) {
  Findings findings;
  if (command.files.empty()) check_all(session.options().config, findings);
  for (const std::string& file : command.files) check_policy(file, findings);
  Console& console = session.console();
  if (session.json()) {
    Json data = report_frame();
    data["errors"] = config_errors_to_json(findings.errors);
    console.print_json(data);
  } else {
    for (const std::string& sentence : findings.good) console.print(sentence);
    console.errors(findings.errors);
  }
  return findings.errors.empty() ? kExitOk : kExitConfig;
}

}  // namespace rollout
