// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/report/report_plan.h"

#include <nlohmann/json.hpp>

#include "daemon/codec/report/report_version.h"

namespace rollout {
namespace {

Json action_to_json(const CreateVersion& create) {
  const Build& build = create.build;
  return {{"action", "create"},
          {"digest", build.digest.hex()},
          {"root", build.root},
          {"modules", build.modules.size()},
          {"bytes", build.bytes},
          {"left_out", build.left_out.size()},
          {"tag", create.annotations.tag},
          {"message", create.annotations.message},
          {"deploy", create.deploy == DeployMode::immediate ? "immediate" : "none"},
          {"reason", create.reason}};
}

Json action_to_json(const CloseIntent& close) {
  return {{"action", "close"},
          {"intent", to_string(close.open.intent.kind)},
          {"outcome", to_string(close.outcome)},
          {"tag", close.open.intent.tag},
          {"reason", close.detail}};
}

Json action_to_json(const AdoptVersion& adopt) {
  return {{"action", "adopt"},
          {"id", adopt.version.id.text()},
          {"number", adopt.version.number},
          {"tag", adopt.version.annotations.tag}};
}

Json action_to_json(const PruneVersion& prune) {
  Json json = {{"action", "prune"},
               {"id", prune.version.text()},
               {"number", prune.number},
               {"tag", prune.tag},
               {"reason", prune.reason}};
  if (prune.created_on) json["created_on"] = format_rfc3339(*prune.created_on);
  return json;
}

Json ledger_entry_to_json(const LedgerEntry& entry) {
  Json json = {{"at", format_rfc3339(entry.at)},
               {"event", entry.event},
               {"detail", entry.detail},
               {"generation", entry.generation}};
  if (entry.version) json["id"] = entry.version->text();
  if (entry.number != 0) json["number"] = entry.number;
  if (!entry.tag.empty()) json["tag"] = entry.tag;
  if (!entry.digest.empty()) json["digest"] = entry.digest;
  if (!entry.actor.empty()) json["actor"] = entry.actor;
  if (!entry.plan.empty()) json["plan"] = entry.plan;
  if (!entry.run.empty()) json["run"] = entry.run.text();
  return json;
}

Json notices_to_json(const std::vector<Notice>& notices) {
  Json json = Json::array();
  for (const Notice& notice : notices) {
    json.push_back({{"code", notice.code}, {"message", notice.message}});
    if (notice.version) json.back()["id"] = notice.version->text();
  }
  return json;
}

Json pin_to_json(const Pin& pin) {
  Json json = {{"reason", pin.reason}, {"actor", pin.actor}};
  if (pin.until) json["until"] = format_rfc3339(*pin.until);
  return json;
}

/// What the former policy keeps and the present one does not.
Json change_to_json(const Plan& plan) {
  const PolicyChange& change = *plan.policy_change;
  Json json = {{"former", {{"hash", change.former}}}, {"lost", Json::array()}};
  if (!change.name.empty()) json["former"]["policy"] = change.name.text();
  if (!change.unreadable.empty()) json["former"]["unreadable"] = change.unreadable;
  for (const Verdict& verdict : plan.verdicts) {
    const auto lost = change.lost.find(verdict.version);
    if (lost == change.lost.end()) continue;
    Verdict formerly = verdict;
    formerly.reasons = lost->second;
    json["lost"].push_back(verdict_to_json(formerly));
    json["lost"].back().erase("verdict");
  }
  return json;
}

struct BodyToJson {
  Json operator()(const Done& done) const {
    Json json = report_frame();
    json["message"] = done.sentence;
    return json;
  }
  Json operator()(const PlanReport& report) const {
    Json json = report_frame();
    json["plans"] = Json::array({plan_report_to_json(report)});
    return json;
  }
  Json operator()(const Explanation& explanation) const { return explanation_to_json(explanation); }
};

}  // namespace

Json plan_report_to_json(const PlanReport& report) {
  const Plan& plan = report.plan;
  Json json = verdicts_to_json(plan.verdicts, plan.stops);
  json.erase("apiVersion");
  json["worker"] = report.worker.text();
  json["account"] = report.account.text();
  json["mode"] = report.mode == Mode::enforce ? "enforce" : "observe";
  json["generation"] = report.generation;
  json["read_at"] = format_rfc3339(report.read_at);
  json["id"] = plan.id;
  json["serving"] = shares_to_json(report.serving, report.versions);
  json["actions"] = Json::array();
  for (const Action& action : plan.actions)
    json["actions"].push_back(
        std::visit([](const auto& one) { return action_to_json(one); }, action));
  json["ready"] = Json::array();
  for (const PruneVersion& version : plan.ready) {
    json["ready"].push_back(action_to_json(version));
    json["ready"].back().erase("action");
  }
  json["waiting"] = plan.waiting;
  if (plan.policy_change) json["policy_change"] = change_to_json(plan);
  if (!plan.notices.empty()) json["notices"] = notices_to_json(plan.notices);
  if (plan.next_change) json["next_change"] = format_rfc3339(*plan.next_change);
  return json;
}

Json explanation_to_json(const Explanation& explanation) {
  Json json = report_frame();
  json["worker"] = explanation.worker.text();
  json["generation"] = explanation.generation;
  json["grace"] = format_duration(explanation.grace);
  if (explanation.version) json["version"] = version_to_json(*explanation.version);
  if (explanation.verdict) json["verdict"] = verdict_to_json(*explanation.verdict);
  if (explanation.condemned_for) json["condemned_for_ms"] = explanation.condemned_for->count();
  if (explanation.former_policy) {
    Verdict formerly = *explanation.verdict;
    formerly.reasons = explanation.formerly;
    json["formerly"] = {{"policy", explanation.former_policy->text()},
                        {"reasons", verdict_to_json(formerly)["reasons"]}};
  }
  if (explanation.pin) json["pin"] = pin_to_json(*explanation.pin);
  json["stops"] = stops_to_json(explanation.stops);
  if (!explanation.notices.empty()) json["notices"] = notices_to_json(explanation.notices);
  json["ledger"] = Json::array();
  for (const LedgerEntry& entry : explanation.ledger)
    json["ledger"].push_back(ledger_entry_to_json(entry));
  return json;
}

Json refusal_to_json(int exit, Json errors) {
  return {{"exit", exit}, {"errors", std::move(errors)}};
}

Json answer_to_json(const Answer& answer) {
  const auto* done = std::get_if<Done>(&answer.body);
  if (done != nullptr && answer.exit != 0)
    return refusal_to_json(answer.exit,
                           Json::array({{{"code", "Failed"}, {"message", done->sentence}}}));
  return {{"exit", answer.exit}, {"data", std::visit(BodyToJson{}, answer.body)}};
}

}  // namespace rollout
