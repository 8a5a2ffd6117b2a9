// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/app/session.h"
#include "daemon/app/text.h"
#include "daemon/codec/report/report_version.h"

namespace rollout {

namespace {

/// What a daemon would read, read here.
OrExit<int> rehearse(Session& session) {
  TRY_ASSIGN(const Config config, session.config());
  if (session.json()) {
    Json data = report_frame();
    data["dry_run"] = true;
    data["workers"] = config.workers.size();
    session.console().print_json(data);
  } else {
    session.console().print(session.options().config + ": ok");
  }
  session.console().say("dry run: the daemon was not asked");
  return kExitOk;
}

}  // namespace

OrExit<int> run(const Reload& command, Session& session) {
  if (command.writes == Writes::dry_run) return rehearse(session);
  Json data;
  TRY_ASSIGN(const int exit, session.ask(Json{{"op", "reload"}}, data));
  if (session.json()) {
    session.console().print_json(data);
    return exit;
  }
  if (exit != kExitOk) return exit;
  const Json& changes = list_member(data, "changes");
  session.console().print(fmt::format("generation {} is in force{}",
                                      count_member(data, "generation"),
                                      changes.empty() ? "; nothing changed" : ""));
  for (const Json& change : changes) session.console().print("  " + change.get<std::string>());
  return exit;
}

}  // namespace rollout
