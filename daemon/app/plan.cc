// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/app/local_plan.h"
#include "daemon/app/render.h"
#include "daemon/app/session.h"
#include "daemon/app/text.h"
#include "daemon/codec/report/report_version.h"

namespace rollout {
namespace {

OrExit<int> ask_lanes(const ShowPlan& command, Session& session, Json& data) {
  data = report_frame();
  data["plans"] = Json::array();
  std::vector<Json> requests;
  for (const std::string& worker : command.workers)
    requests.push_back({{"op", "plan"}, {"args", {{"worker", worker}}}});
  if (requests.empty()) requests.push_back({{"op", "plan"}, {"args", Json::object()}});
  int exit = kExitOk;
  for (const Json& request : requests) {
    Json one;
    TRY_ASSIGN(const int ended, session.ask(request, one));
    exit = std::max(exit, ended);
    for (const Json& plan : list_member(one, "plans")) data["plans"].push_back(plan);
  }
  return exit;
}

/// Whether nothing but `mode: observe` keeps versions from being deleted.
bool only_observed(const Json& plan) {
  const Json& stops = list_member(plan, "stops");
  return !list_member(plan, "ready").empty() && std::ranges::all_of(stops, [](const Json& stop) {
    return text_member(stop, "code") == "ObserveMode";
  });
}

bool is_lifted_by_approval(const Json& stop) {
  const std::string code = text_member(stop, "code");
  return code == to_string(StopCode::ApproveOver) || code == to_string(StopCode::Ratchet);
}

/// A person's word is all that some plan waits for.
bool waits_for_person(const Json& data) {
  for (const Json& plan : list_member(data, "plans")) {
    const Json& stops = list_member(plan, "stops");
    if (!stops.empty() && std::ranges::all_of(stops, is_lifted_by_approval)) return true;
  }
  return false;
}

bool would_write(const Json& data) {
  for (const Json& plan : list_member(data, "plans"))
    if (!list_member(plan, "actions").empty() || only_observed(plan)) return true;
  return false;
}

}  // namespace

OrExit<int> run(const ShowPlan& command, Session& session) {
  Json data;
  TRY_ASSIGN(const int exit, command.local ? plan_locally(command.workers, session, data)
                                           : ask_lanes(command, session, data));
  if (session.json()) {
    session.console().print_json(data);
  } else {
    const std::string text = render_plans(data, session.console());
    if (!text.empty() || exit == kExitOk)
      session.console().print(text.empty() ? "no workers configured" : text);
  }
  if (exit != kExitOk) return exit;
  if (command.detailed_exit && waits_for_person(data)) return kExitWaitingForPerson;
  return command.detailed_exit && would_write(data) ? kExitChangesPending : kExitOk;
}

}  // namespace rollout
