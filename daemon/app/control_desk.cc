// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/control_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <nlohmann/json.hpp>

#include "daemon/app/text.h"
#include "daemon/codec/report/command_json.h"
#include "daemon/codec/report/report_plan.h"
#include "daemon/codec/report/report_version.h"
#include "daemon/core/model/exit_codes.h"

namespace rollout {
namespace {

/// So long an idle lane's answer may take.
constexpr Millis kAtOnce = std::chrono::seconds(1);

Json refusal(int exit, std::string_view code, std::string_view message) {
  return refusal_to_json(exit, Json::array({{{"code", code}, {"message", message}}}));
}

Json sentence(std::string text) {
  return answer_to_json({.exit = kExitOk, .body = Done{std::move(text)}});
}

std::future<Answer> request(TriggerSink& lanes, Command command, const std::string& actor) {
  auto promise = std::make_shared<std::promise<Answer>>();
  std::future<Answer> answer = promise->get_future();
  lanes.request({.command = std::move(command), .actor = actor, .answer = [promise](Answer given) {
                   promise->set_value(std::move(given));
                 }});
  return answer;
}

Answer ask(TriggerSink& lanes, Command command, const std::string& actor) {
  return request(lanes, std::move(command), actor).get();
}

std::string list_of_workers(const Config& config) {
  std::string names;
  for (const WorkerConfig& worker : config.workers)
    names += (names.empty() ? "" : ", ") + worker.id.text();
  return names;
}

Json unknown_worker(const std::string& name, const Config& config) {
  std::vector<std::string> known;
  for (const WorkerConfig& worker : config.workers) known.push_back(worker.id.text());
  return refusal(kExitUsage, "UnknownWorker", unknown_worker_sentence(name, known));
}

/// One plan or sentence more in a combined answer.
void combine(Json& whole, const Json& part) {
  whole["exit"] = std::max(whole["exit"].get<int>(), part["exit"].get<int>());
  if (const Json* errors = find_member(part, "errors")) {
    for (const Json& error : *errors) whole["errors"].push_back(error);
    return;
  }
  const Json& data = part["data"];
  for (const Json& plan : list_member(data, "plans")) whole["data"]["plans"].push_back(plan);
  const std::string message = text_member(data, "message");
  if (message.empty()) return;
  const std::string before = text_member(whole["data"], "message");
  whole["data"]["message"] = before.empty() ? message : before + '\n' + message;
}

}  // namespace

Json ControlDesk::handle(const Json& request, const std::string& actor) {
  const std::string op = text_member(request, "op");
  const Json* given = find_member(request, "args");
  Json args = given == nullptr ? Json::object() : *given;
  if (!args.is_object()) return refusal(kExitUsage, "BadRequest", "`args` must be an object");
  if (op == "reload") return reload();
  if (op == "status") return {{"exit", kExitOk}, {"data", parts_.status()}};
  if (op == "nudge") return nudge(args, actor);
  if ((op == "plan" || op == "reconcile") && text_member(args, "worker").empty())
    return for_all(op, actor);
  return for_one(op, std::move(args), actor);
}

Json ControlDesk::reload() {
  const Reloaded result = parts_.reload();
  if (!result.errors.empty()) {
    // A restart is no fault of the configuration; all else is.
    const bool restart = std::ranges::all_of(
        result.errors, [](const ConfigError& error) { return error.code == "RestartNeeded"; });
    Json json =
        refusal_to_json(restart ? kExitFailed : kExitConfig, config_errors_to_json(result.errors));
    json["errors"].push_back(
        {{"code", "ReloadRefused"},
         {"message", fmt::format("reload refused; generation {} stays in force, and nothing is "
                                 "deleted until the configuration is mended",
                                 result.generation)}});
    json["data"] = report_frame();
    json["data"]["generation"] = result.generation;
    json["data"]["errors"] = json["errors"];
    return json;
  }
  Json data = report_frame();
  data["generation"] = result.generation;
  data["changes"] = result.changes;
  return {{"exit", kExitOk}, {"data", std::move(data)}};
}

Json ControlDesk::for_all(const std::string& op, const std::string& actor) {
  const std::shared_ptr<const Config> config = parts_.lanes.config();
  Json whole = {{"exit", kExitOk}, {"data", report_frame()}};
  if (op == "plan") whole["data"]["plans"] = Json::array();
  for (const WorkerConfig& worker : config->workers)
    combine(whole, for_one(op, {{"worker", worker.id.text()}}, actor));
  return whole;
}

Json ControlDesk::for_one(const std::string& op, Json args, const std::string& actor) {
  const std::shared_ptr<const Config> config = parts_.lanes.config();
  if (text_member(args, "worker").empty()) {
    if (config->workers.size() != 1)
      return refusal(kExitUsage, "WhichWorker",
                     config->workers.empty() ? "no Worker is configured"
                                             : "say which Worker: " + list_of_workers(*config));
    args["worker"] = config->workers.front().id.text();
  }
  auto command = command_from_json(op, args);
  if (!command) return refusal(kExitUsage, "BadRequest", command.error());
  if (!parts_.lanes.knows(worker_of(*command)))
    return unknown_worker(worker_of(*command).text(), *config);
  return answer_to_json(ask(parts_.lanes, *std::move(command), actor));
}

Json ControlDesk::nudge(const Json& args, const std::string& actor) {
  const std::shared_ptr<const Config> config = parts_.lanes.config();
  const std::string named = text_member(args, "worker");
  std::size_t count = 0;
  std::vector<std::future<Answer>> answers;
  for (const WorkerConfig& worker : config->workers) {
    if (!named.empty() && worker.id.text() != named) continue;
    ++count;
    answers.push_back(request(parts_.lanes, ReconcileCommand{worker.id}, actor));
  }
  if (count == 0 && !named.empty()) return unknown_worker(named, *config);
  // The pass itself is what was asked for, and nobody waits for it. But a lane that may not call
  // Cloudflare says so at once.
  std::string refusals;
  Millis patience = kAtOnce;
  for (std::future<Answer>& answer : answers) {
    if (answer.wait_for(patience) != std::future_status::ready) {
      patience = Millis(0);  // For all of them together.
      continue;
    }
    const Answer given = answer.get();
    if (given.exit == kExitOk) continue;
    --count;
    const std::string& why = std::get<Done>(given.body).sentence;
    if (!refusals.contains(why)) refusals += '\n' + why;
  }
  if (count == 0 && !refusals.empty()) return sentence(refusals.substr(1));
  return sentence(
      fmt::format("{} Worker{} will be looked at now{}", count, count == 1 ? "" : "s", refusals));
}

}  // namespace rollout
