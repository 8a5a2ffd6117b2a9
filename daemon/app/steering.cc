// SPDX-License-Identifier: Apache-2.0
// The commands that end in one sentence of the daemon: reconcile, pin, unpin, suspend, resume.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/app/session.h"
#include "daemon/app/text.h"
#include "daemon/codec/report/command_json.h"
#include "daemon/codec/report/report_version.h"
#include "daemon/core/policy/duration.h"

namespace rollout {
namespace {

OrExit<int> ask_and_show(const Json& request, Session& session) {
  Json data;
  TRY_ASSIGN(const int exit, session.ask(request, data));
  if (session.json())
    session.console().print_json(data);
  else
    session.console().print(text_member(data, "message"));
  return exit;
}

/// With `--dry-run`: what would be asked, instead of asking it.
struct Request {
  Json json;
  std::string would;  ///< `suspend shop-api`
};

OrExit<int> rehearse(const Request& request, Session& session) {
  if (session.json()) {
    Json data = report_frame();
    data["dry_run"] = true;
    data["request"] = request.json;
    session.console().print_json(data);
  } else {
    session.console().print("would " + request.would);
  }
  session.console().say("dry run: the daemon was not asked");
  return kExitOk;
}

OrExit<int> send(Writes writes, const Request& request, Session& session) {
  return writes == Writes::dry_run ? rehearse(request, session)
                                   : ask_and_show(request.json, session);
}

std::string of_worker(const std::string& worker) {
  return worker.empty() ? "" : " of " + worker;
}

/// `, reason "audit", until 2026-03-10T12:00:00Z`
std::string because(const std::string& reason, const std::optional<Instant>& until) {
  return fmt::format(", reason \"{}\"{}", reason, until ? ", until " + format_rfc3339(*until) : "");
}

/// A time, or a duration from now. The text was checked when the options were read.
std::optional<Instant> until_of(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  if (const auto instant = parse_rfc3339(*text)) return instant;
  return SystemClock().now() + parse_duration(*text)->exact;
}

}  // namespace

OrExit<int> run(const Reconcile& command, Session& session) {
  const std::string op = command.wait ? "reconcile" : "nudge";
  if (command.workers.empty())
    return send(command.writes,
                {.json = {{"op", op}, {"args", Json::object()}}, .would = "look at all Workers"},
                session);
  int exit = kExitOk;
  for (const std::string& worker : command.workers) {
    const Request request{.json = {{"op", op}, {"args", {{"worker", worker}}}},
                          .would = "look at " + worker};
    TRY_ASSIGN(const int one, send(command.writes, request, session));
    exit = std::max(exit, one);
  }
  return exit;
}

OrExit<int> run(const SetPin& command, Session& session) {
  const std::optional<Instant> until = until_of(command.until);
  const Command pin = PinCommand{.worker = WorkerId(command.worker),
                                 .version = command.version,
                                 .reason = command.reason,
                                 .until = until};
  return send(command.writes,
              {.json = command_to_json(pin),
               .would = fmt::format("pin {}{}{}", command.version, of_worker(command.worker),
                                    because(command.reason, until))},
              session);
}

OrExit<int> run(const DropPin& command, Session& session) {
  const Command unpin =
      UnpinCommand{.worker = WorkerId(command.worker), .version = command.version};
  return send(command.writes,
              {.json = command_to_json(unpin),
               .would = fmt::format("unpin {}{}", command.version, of_worker(command.worker))},
              session);
}

OrExit<int> run(const Suspend& command, Session& session) {
  const std::optional<Instant> until = until_of(command.until);
  const Command suspend =
      SuspendCommand{.worker = WorkerId(command.worker), .reason = command.reason, .until = until};
  return send(
      command.writes,
      {.json = command_to_json(suspend),
       .would = fmt::format("suspend {}{}", command.worker, because(command.reason, until))},
      session);
}

OrExit<int> run(const Resume& command, Session& session) {
  const Command resume = ResumeCommand{.worker = WorkerId(command.worker)};
  return send(command.writes,
              {.json = command_to_json(resume), .would = "resume " + command.worker}, session);
}

}  // namespace rollout
