// SPDX-License-Identifier: Apache-2.0
// The commands that end in one sentence of the daemon: reconcile, pin, unpin, suspend, resume.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/app/session.h"
#include "daemon/app/text.h"
#include "daemon/core/policy/duration.h"

namespace rollout {
namespace {

template <class Request>
OrExit<int> ask_and_show(const Request& request, Session& session) {
  Json data;
  TRY_ASSIGN(const int exit, session.ask(request, data));
  if (session.json())
    session.console().print_json(data);
  else
    session.console().print(text_member(data, "message"));
  return exit;
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
    return ask_and_show(Json{{"op", op}, {"args", Json::object()}}, session);
  int exit = kExitOk;
  for (const std::string& worker : command.workers) {
    const Json request = {{"op", op}, {"args", {{"worker", worker}}}};
    TRY_ASSIGN(const int one, ask_and_show(request, session));
    exit = std::max(exit, one);
  }
  return exit;
}

OrExit<int> run(const SetPin& command, Session& session) {
  return ask_and_show(Command(PinCommand{.worker = WorkerId(command.worker),
                                         .version = command.version,
                                         .reason = command.reason,
                                         .until = until_of(command.until)}),
                      session);
}

OrExit<int> run(const DropPin& command, Session& session) {
  return ask_and_show(
      Command(UnpinCommand{.worker = WorkerId(command.worker), .version = command.version}),
      session);
}

OrExit<int> run(const Suspend& command, Session& session) {
  return ask_and_show(Command(SuspendCommand{.worker = WorkerId(command.worker),
                                             .reason = command.reason,
                                             .until = until_of(command.until)}),
                      session);
}

OrExit<int> run(const Resume& command, Session& session) {
  return ask_and_show(Command(ResumeCommand{.worker = WorkerId(command.worker)}), session);
}

}  // namespace rollout
