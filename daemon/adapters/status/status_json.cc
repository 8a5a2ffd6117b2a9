// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/status/status_text.h"

namespace rollout {
namespace {

void put(Json& object, const char* key, const std::optional<Instant>& instant) {
  if (instant) object[key] = format_rfc3339(*instant);
}

void put(Json& object, const char* key, const std::optional<Problem>& problem) {
  if (!problem) return;
  object[key] = {{"event", problem->event},
                 {"message", problem->message},
                 {"since", format_rfc3339(problem->since)}};
}

Json pass_to_json(const PassFinished& pass) {
  Json serving = Json::array();
  for (const Share& share : pass.serving) {
    serving.push_back({{"version_id", share.version.text()}, {"percent", share.percentage}});
  }
  Json kept_by = Json::object();
  for (const auto& [reason, count] : pass.kept_by) kept_by[reason] = count;
  return {{"duration_ms", pass.took.count()},
          {"versions", pass.versions},
          {"active", pass.active},
          {"kept", pass.kept},
          {"prunable", pass.prunable},
          {"foreign", pass.foreign},
          {"kept_by", std::move(kept_by)},
          {"active_tag", pass.active_tag},
          {"serving", std::move(serving)}};
}

Json worker_to_json(const WorkerKey& key, const WorkerStatus& worker) {
  Json json = {{"worker", key.second.text()},
               {"account", key.first.text()},
               {"condition", worker.pass ? worker.pass->condition : "Starting"},
               {"summary", worker.pass ? worker.pass->summary : "not looked at yet"}};
  if (worker.pass) {
    json["pass"] = pass_to_json(*worker.pass);
    put(json, "next_look", *worker.passed_at + worker.pass->next_look);
  }
  if (worker.awaited_since) {
    json["awaits_approval"] = {{"plan", worker.pass->awaits},
                               {"since", format_rfc3339(*worker.awaited_since)}};
  }
  put(json, "last_pass", worker.passed_at);
  put(json, "last_success", worker.succeeded_at);
  put(json, "last_create", worker.created_at);
  put(json, "last_prune", worker.pruned_at);
  put(json, "problem", worker.problem);
  if (const auto& upload = worker.uploading) {
    json["upload"] = {{"files", upload->files},
                      {"of_files", upload->of_files},
                      {"bytes", upload->bytes},
                      {"of_bytes", upload->of_bytes}};
    if (upload->left) json["upload"]["left_ms"] = upload->left->count();
  }
  return json;
}

}  // namespace

Json status_to_json(const Status& status) {
  Json json = {{"apiVersion", "rolloutctl/v1"},
               {"version", status.version},
               {"started", format_rfc3339(status.started_at)},
               {"mode", status.mode == Mode::observe ? "observe" : "enforce"},
               {"generation", status.generation},
               {"config_digest", status.config_digest},
               {"headline", headline(status)}};
  put(json, "last_reload", status.reloaded_at);
  put(json, "reload_problem", status.reload_problem);
  put(json, "watch_problem", status.watch_problem);
  Json& accounts = json["accounts"] = Json::array();
  for (const auto& [name, account] : status.accounts) {
    Json entry = {{"account", name.text()}, {"journal_degraded", account.journal_degraded}};
    put(entry, "unavailable_since", account.unavailable_since);
    put(entry, "throttled_until", account.throttled_until);
    put(entry, "token_refused", account.refused_at);
    put(entry, "token_expires", account.token_expires);
    accounts.push_back(std::move(entry));
  }
  Json& workers = json["workers"] = Json::array();
  for (const auto& [key, worker] : status.workers) workers.push_back(worker_to_json(key, worker));
  return json;
}

std::vector<Check> readiness(const Status& status, Tick now) {
  std::vector<Check> checks;
  const bool loaded = status.generation > 0 && !status.reload_problem;
  checks.push_back({"config", loaded,
                    status.reload_problem ? status.reload_problem->message
                                          : fmt::format("generation {}", status.generation)});
  for (const auto& [name, account] : status.accounts) {
    checks.push_back({"state " + name.text(), !account.journal_degraded,
                      account.journal_degraded ? "the journal cannot be written" : "writable"});
    checks.push_back(
        {"token " + name.text(), !account.refused_at,
         account.refused_at ? "refused at " + format_rfc3339(*account.refused_at) : "not refused"});
    if (account.patience == Millis(0)) continue;  // No Worker: nobody calls for it.
    const bool reached = account.reached && now - *account.reached <= account.patience;
    checks.push_back({"api " + name.text(), reached,
                      !account.reached ? "no pass has succeeded yet"
                                       : fmt::format("last good pass {} ago, {} are allowed",
                                                     for_people(now - *account.reached),
                                                     for_people(account.patience))});
  }
  return checks;
}

}  // namespace rollout
