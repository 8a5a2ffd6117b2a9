// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/app/recorded_list.h"
#include "daemon/app/render.h"
#include "daemon/app/session.h"
#include "daemon/codec/report/report_version.h"
#include "daemon/core/plan/plan.h"

namespace rollout {
namespace {

constexpr std::size_t kMostBytes = 256 * 1024 * 1024;

std::expected<std::string, std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::unexpected("cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.view().size() > kMostBytes) return std::unexpected("cannot be read whole");
  return std::move(text).str();
}

/// Every version was known since it was made: the grace period, the window and the time of the
/// first sight have no say in a preview.
Memory memory_of(const RecordedList& list, const RetentionPolicy& policy, Instant now) {
  Memory memory;
  for (const Version& version : list.listing.versions)
    memory.versions[version.id].first_seen = version.created_on.value_or(now);
  for (const VersionId& pin : list.pins)
    memory.pins[pin] = {.reason = "in the recorded list", .actor = "", .until = std::nullopt};
  memory.policy_hash = policy.hash;
  return memory;
}

Plan preview(const RecordedList& list, RetentionPolicy policy, Instant now) {
  policy.limits.grace = {};
  policy.limits.window.reset();
  WorkerConfig worker;
  worker.id = WorkerId("preview");
  worker.retention = std::make_shared<const RetentionPolicy>(std::move(policy));
  AccountConfig account;
  account.timing.t_max = Millis(0);
  Observed observed;
  observed.worker = &worker;
  observed.account = &account;
  observed.mode = Mode::enforce;
  observed.listing = list.listing;
  observed.deployments = list.history;
  observed.memory = memory_of(list, *worker.retention, now);
  observed.now = observed.host_now = now;
  return plan(observed);
}

}  // namespace

OrExit<int> run(const PolicyPreview& command, Session& session) {
  auto policy = load_retention_file(command.policy);
  if (!policy) {
    session.console().errors(policy.error());
    return kExitConfig;
  }
  const auto text = read_whole(command.versions);
  if (!text)
    return session.fail(kExitFailed, fmt::format("{}: {}", command.versions, text.error()));
  const auto list = parse_recorded_list(*text);
  if (!list)
    return session.fail(kExitFailed, fmt::format("{}: {}", command.versions, list.error()));
  SystemClock clock;
  const Plan result = preview(*list, *std::move(policy), command.at.value_or(clock.now()));
  const Json data = verdicts_to_json(result.verdicts, result.stops);
  if (session.json())
    session.console().print_json(data);
  else
    session.console().print(render_verdicts(data, session.console()));
  return kExitOk;
}

}  // namespace rollout
