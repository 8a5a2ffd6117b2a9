// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/app/account_access.h"
#include "daemon/app/text.h"
#include "daemon/codec/report/report_version.h"
#include "daemon/core/model/trailer.h"
#include "daemon/core/policy/tagging.h"

namespace rollout {
namespace {

constexpr std::size_t kMessageShown = 48;

std::string share_of(const Version& version, const DeploymentHistory& history) {
  if (history.deployments.empty()) return "";
  for (const Share& share : history.deployments.front().versions)
    if (share.version == version.id) return percent(share.percentage);
  return "";
}

/// The first line, or nothing where that is the trailer.
std::string shown_message(const Version& version) {
  const std::string& message = version.annotations.message;
  const std::string line = message.substr(0, message.find('\n'));
  if (line == message && parse_trailer(message)) return "";
  return truncate_utf8(line, kMessageShown);
}

std::string table(const Listing& listing, const DeploymentHistory& history) {
  std::vector<std::vector<std::string>> rows = {
      {"VERSION", "TAG", "CREATED", "SERVING", "ID", "MESSAGE"}};
  for (const Version& version : listing.versions)
    rows.push_back({fmt::format("v{}", version.number), version.annotations.tag,
                    version.created_on ? format_rfc3339(*version.created_on) : "unknown",
                    share_of(version, history), std::string(version.id.text()),
                    shown_message(version)});
  return align(rows);
}

}  // namespace

OrExit<int> run(const VersionsList& command, Session& session) {
  SystemClock clock;
  TRY_ASSIGN(const WorkerAccess access,
             open_worker(command.worker, Writes::dry_run, clock, session));
  TRY_ASSIGN(const Listing listing, session.check(access.api->list(access.worker->id)));
  TRY_ASSIGN(const DeploymentHistory history,
             session.check(access.api->deployments(access.worker->id)));
  if (session.json())
    session.console().print_json(recorded_list_to_json(listing, history));
  else
    session.console().print(table(listing, history));
  return kExitOk;
}

}  // namespace rollout
