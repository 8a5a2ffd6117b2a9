// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/session.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/control/control_client.h"
#include "daemon/adapters/system/host.h"
#include "daemon/adapters/system/system_clock.h"
#include "daemon/adapters/yaml/yaml_policy_source.h"
#include "daemon/app/program.h"
#include "daemon/app/text.h"
#include "daemon/codec/report/command_json.h"

namespace rollout {
namespace {

/// A pass over a large Worker may take minutes.
constexpr Millis kPatience = std::chrono::minutes(10);

}  // namespace

OrExit<Config> Session::config() {
  auto config = YamlPolicySource(options_.config).load();
  if (!config) {
    console_.errors(config.error());
    return std::unexpected(kExitConfig);
  }
  config->host_name = host_name();
  config->program = program_version();
  return *std::move(config);
}

std::unexpected<int> Session::fail(const Failure& failure) {
  return fail(exit_code(failure), failure.sentence());
}

std::unexpected<int> Session::fail(int exit, std::string_view sentence) {
  console_.error(sentence);
  return std::unexpected(exit);
}

OrExit<const WorkerConfig*> Session::worker(const Config& config, const std::string& name) {
  if (name.empty() && config.workers.size() == 1) return &config.workers.front();
  std::vector<std::string> known;
  for (const WorkerConfig& worker : config.workers) {
    if (!name.empty() && worker.id.text() == name) return &worker;
    known.push_back(worker.id.text());
  }
  if (known.empty()) return fail(kExitUsage, "no Worker is configured");
  if (name.empty())
    return fail(kExitUsage, fmt::format("say which Worker: --worker {}", fmt::join(known, ", ")));
  return fail(kExitUsage, unknown_worker_sentence(name, known));
}

OrExit<void> Session::agree(Consent consent, std::string_view question,
                            std::string_view nothing_done) {
  if (consent == Consent::given || console_.confirm(question)) return {};
  return fail(kExitUsage,
              fmt::format("{}: not confirmed (without a terminal: --yes)", nothing_done));
}

OrExit<int> Session::ask(const Command& command, Json& data) {
  return ask(command_to_json(command), data);
}

OrExit<int> Session::ask(const Json& request, Json& data) {
  SystemClock clock;
  const auto answer =
      ask_daemon(options_.socket, request, options_.timeout.value_or(kPatience), clock);
  if (!answer) {
    const FailureKind kind = answer.error().kind;
    const bool away = kind == FailureKind::not_found || kind == FailureKind::transient;
    return fail(away ? int{kExitUnreachable} : int{exit_code(answer.error())},
                answer.error().sentence());
  }
  for (const Json& error : list_member(*answer, "errors"))
    console_.errors({{.code = text_member(error, "code"),
                      .message = text_member(error, "message"),
                      .file = text_member(error, "file"),
                      .line = count_member(error, "line"),
                      .column = count_member(error, "column"),
                      .excerpt = text_member(error, "excerpt")}});
  const int exit = static_cast<int>(count_member(*answer, "exit"));
  const Json* given = find_member(*answer, "data");
  if (given == nullptr) return std::unexpected(exit);
  data = *given;
  return exit;
}

}  // namespace rollout
