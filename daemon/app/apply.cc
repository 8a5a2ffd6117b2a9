// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/app/render.h"
#include "daemon/app/session.h"
#include "daemon/app/text.h"
#include "daemon/codec/report/command_json.h"
#include "daemon/codec/report/report_version.h"

namespace rollout {
namespace {

/// The plan as it is now: what a person agrees to is what is shown.
OrExit<Json> find_plan(const ApplyPlan& command, Session& session) {
  Json args = Json::object();
  if (!command.worker.empty()) args["worker"] = command.worker;
  Json data;
  TRY_ASSIGN(const int exit, session.ask(Json{{"op", "plan"}, {"args", args}}, data));
  for (const Json& plan : list_member(data, "plans"))
    if (text_member(plan, "id") == command.plan) return plan;
  if (exit != kExitOk) return std::unexpected(exit);
  return session.fail(kExitFailed,
                      fmt::format("no plan is {} now: what it would delete has changed, or is "
                                  "gone; `rolloutctl plan` shows the plans of now",
                                  command.plan));
}

}  // namespace

OrExit<int> run(const ApplyPlan& command, Session& session) {
  Console& console = session.console();
  TRY_ASSIGN(const Json plan, find_plan(command, session));
  const Json shown = {{"plans", Json::array({plan})}};
  const Command apply =
      ApplyCommand{.worker = WorkerId(text_member(plan, "worker")), .plan = command.plan};
  if (command.writes == Writes::dry_run) {
    Json data = report_frame();
    data["dry_run"] = true;
    data["request"] = command_to_json(apply);
    data["plans"] = shown["plans"];
    if (session.json())
      console.print_json(data);
    else
      console.print(render_plans(shown, console));
    console.say("dry run: nothing was approved");
    return kExitOk;
  }
  console.say(render_plans(shown, console));
  TRY(session.agree(command.consent, "Approve it, and run it now?", "nothing was approved"));
  Json data;
  TRY_ASSIGN(const int exit, session.ask(apply, data));
  if (session.json())
    console.print_json(data);
  else
    console.print(text_member(data, "message"));
  return exit;
}

}  // namespace rollout
