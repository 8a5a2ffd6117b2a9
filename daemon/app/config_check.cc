// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/adapters/yaml/yaml_policy_source.h"
#include "daemon/app/config_online.h"
#include "daemon/app/journal_access.h"
#include "daemon/app/lint.h"
#include "daemon/app/session.h"
#include "daemon/app/text.h"
#include "daemon/codec/report/report_version.h"

namespace rollout {
namespace {

struct Findings {
  std::vector<ConfigError> errors;
  std::vector<LintWarning> warnings;
  std::vector<std::string> good;  ///< One sentence for each thing that is right.
  std::vector<OnlineFindings::Problem> problems;
};

void check_policy(const std::string& path, Findings& findings) {
  Document document(path);
  const auto label = label_of(document);
  if (label && label->kind == PolicyKind::retention)
    if (const auto policy = build_retention(document))
      std::ranges::move(lint(*policy), std::back_inserter(findings.warnings));
  if (label && label->kind == PolicyKind::tagging) build_tagging(document);
  const std::size_t before = findings.errors.size();
  document.report(findings.errors);
  if (findings.errors.size() == before) findings.good.push_back(path + ": ok");
}

/// Adds what an account's journal tells of the versions of its Workers.
Result<void> add_journal(const Config& config, const AccountName& account, KnownWorkers& known) {
  TRY_ASSIGN(const auto journal, copy_journal(config, account));
  for (const WorkerConfig& worker : config.workers) {
    if (worker.account != account || worker.retention == nullptr) continue;
    TRY_ASSIGN(const auto ledger, journal->ledger(worker.id));
    known[worker.id].add(ledger);
  }
  return {};
}

/// A journal that is not there tells nothing; one that cannot be read is said.
KnownWorkers known_versions(const Config& config, const OnlineFindings& online, Console& console) {
  KnownWorkers known;
  for (const AccountConfig& account : config.accounts) {
    const auto added = add_journal(config, account.name, known);
    if (!added && added.error().kind != FailureKind::not_found)
      console.say(fmt::format("not known is which groups ever matched a version: {}",
                              added.error().sentence()));
  }
  for (const auto& [worker, listing] : online.listings) known[worker].add(listing);
  return known;
}

void check_all(const std::string& path, const ConfigCheck& command, Session& session,
               Findings& findings) {
  auto config = YamlPolicySource(path).load();
  if (!config) {
    std::ranges::move(config.error(), std::back_inserter(findings.errors));
    return;
  }
  findings.good.push_back(fmt::format("{}: ok, {}, {}, mode {}", path,
                                      counted(config->accounts.size(), "account"),
                                      counted(config->workers.size(), "worker"),
                                      config->mode == Mode::enforce ? "enforce" : "observe"));
  OnlineFindings online;
  if (command.online) online = check_online(*config, session);
  std::ranges::move(lint(*config, known_versions(*config, online, session.console())),
                    std::back_inserter(findings.warnings));
  std::ranges::move(online.good, std::back_inserter(findings.good));
  std::ranges::move(online.problems, std::back_inserter(findings.problems));
}

/// Whether it begins as rolloutd.yaml does, not as a policy.
bool is_configuration(const std::string& path) {
  const Document document(path);
  const Node* root = document.root();
  return root != nullptr && !root->members.empty() &&
         rolloutd_table().find(root->members.front().key) != nullptr;
}

Json warnings_to_json(const std::vector<LintWarning>& warnings) {
  Json json = Json::array();
  for (const LintWarning& warning : warnings)
    json.push_back({{"code", warning.code}, {"message", warning.message}});
  return json;
}

Json problems_to_json(const std::vector<OnlineFindings::Problem>& problems) {
  Json json = Json::array();
  for (const auto& problem : problems)
    json.push_back({{"exit", problem.exit}, {"message", problem.message}});
  return json;
}

}  // namespace

OrExit<int> run(const ConfigCheck& command, Session& session) {
  Findings findings;
  if (command.files.empty()) check_all(session.options().config, command, session, findings);
  for (const std::string& file : command.files)
    is_configuration(file) ? check_all(file, command, session, findings)
                           : check_policy(file, findings);
  Console& console = session.console();
  if (session.json()) {
    Json data = report_frame();
    data["errors"] = config_errors_to_json(findings.errors);
    data["warnings"] = warnings_to_json(findings.warnings);
    if (command.online) data["problems"] = problems_to_json(findings.problems);
    console.print_json(data);
  } else {
    for (const std::string& sentence : findings.good) console.print(sentence);
    console.errors(findings.errors);
    for (const auto& problem : findings.problems) console.error(problem.message);
    for (const LintWarning& warning : findings.warnings) console.say("warning: " + warning.message);
  }
  if (!findings.errors.empty()) return kExitConfig;
  if (!findings.problems.empty()) return findings.problems.front().exit;
  return command.lint_fatal && !findings.warnings.empty() ? kExitLintWarnings : kExitOk;
}

}  // namespace rollout
