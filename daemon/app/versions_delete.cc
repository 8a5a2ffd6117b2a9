// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/app/account_access.h"
#include "daemon/app/text.h"
#include "daemon/codec/report/report_version.h"
#include "daemon/core/plan/resolve.h"

namespace rollout {
namespace {

/// What a read of the deployments said is believed for this long.
constexpr Millis kFresh = std::chrono::seconds(5);

using Victims = std::vector<Version>;

std::string label(const Version& version) {
  return version_label(version.number, version.annotations.tag);
}

OrExit<Victims> resolve_all(const VersionsDelete& command, const Listing& listing,
                            Session& session) {
  Victims victims;
  for (const std::string& text : command.versions) {
    TRY_ASSIGN(const Version version, session.check(resolve_version(listing, text)));
    if (std::ranges::find(victims, version.id, &Version::id) == victims.end())
      victims.push_back(version);
  }
  return victims;
}

/// Reads the deployments and refuses where one of the versions is in the current one.
OrExit<Tick> check_unused(VersionsApi& api, const WorkerId& worker, const Victims& victims,
                          Clock& clock, Session& session) {
  const Tick read_at = clock.tick();
  TRY_ASSIGN(const DeploymentHistory history, session.check(api.deployments(worker)));
  for (const Version& version : victims)
    if (serves_now(history, version.id))
      return session.fail(kExitFailed,
                          fmt::format("{} ({}) is part of the current deployment; nothing more is "
                                      "deleted. Deploy another version first",
                                      label(version), version.id.text()));
  return read_at;
}

OrExit<void> delete_one(VersionsApi& api, const WorkerId& worker, const Version& version,
                        Clock& clock, Session& session) {
  TRY_ASSIGN(const Tick read_at, check_unused(api, worker, {version}, clock, session));
  const Result<void> removed = api.remove(worker, version.id, read_at + kFresh);
  if (removed || removed.error().kind == FailureKind::not_found) return {};
  return session.fail(removed.error());
}

void report(std::string_view member, const Victims& versions, Session& session) {
  if (!session.json()) return;
  Json data = report_frame();
  Json& list = data[std::string(member)] = Json::array();
  for (const Version& version : versions) list.push_back(version_to_json(version));
  session.console().print_json(data);
}

}  // namespace

OrExit<int> run(const VersionsDelete& command, Session& session) {
  SystemClock clock;
  TRY_ASSIGN(const WorkerAccess access,
             open_worker(command.worker, command.writes, clock, session));
  const WorkerId& worker = access.worker->id;
  TRY_ASSIGN(const Listing listing, session.check(access.api->list(worker)));
  TRY_ASSIGN(const Victims victims, resolve_all(command, listing, session));
  TRY(check_unused(*access.api, worker, victims, clock, session));
  Console& console = session.console();
  for (const Version& version : victims)
    console.say(
        fmt::format("delete {} of {} ({})", label(version), worker.text(), version.id.text()));
  if (command.writes == Writes::dry_run) {
    console.say("dry run: nothing was deleted");
    report("would_delete", victims, session);
    return kExitOk;
  }
  TRY(session.agree(command.consent, "Delete them?", "nothing was deleted"));
  Victims deleted;
  for (const Version& version : victims) {
    console.progress(fmt::format("deleting {} of {}", deleted.size() + 1, victims.size()));
    if (const auto done = delete_one(*access.api, worker, version, clock, session); !done) {
      console.say(fmt::format("{} of {} were deleted", deleted.size(), victims.size()));
      report("deleted", deleted, session);
      return done.error();
    }
    deleted.push_back(version);
    if (!session.json()) console.print(fmt::format("deleted {}", label(version)));
  }
  report("deleted", deleted, session);
  return kExitOk;
}

}  // namespace rollout
