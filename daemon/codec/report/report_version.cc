// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/report/report_version.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/codec/base64.h"
#include "daemon/codec/settings_json.h"
#include "daemon/codec/sha256.h"
#include "daemon/core/model/ensure.h"
#include "daemon/core/model/trailer.h"
#include "daemon/core/policy/reason_text.h"

namespace rollout {
namespace {

void put_text(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

void put_instant(Json& object, const char* key, const std::optional<Instant>& instant) {
  if (instant) object[key] = format_rfc3339(*instant);
}

Json annotations_to_json(const Annotations& annotations) {
  Json json = Json::object();
  put_text(json, "workers/message", annotations.message);
  put_text(json, "workers/tag", annotations.tag);
  put_text(json, "workers/triggered_by", annotations.triggered_by);
  return json;
}

Json reason_to_json(const Reason& reason) {
  Json json = {{"code", to_string(reason.code)}};
  put_text(json, "group", reason.group);
  put_text(json, "rule", reason.rule);
  if (reason.ordinal) json["ordinal"] = *reason.ordinal;
  put_text(json, "limit", reason.limit);
  put_text(json, "bucket", reason.bucket);
  put_instant(json, "until", reason.until);
  put_text(json, "ends_when", end_text(reason));
  return json;
}

Json module_to_json(const ModuleText& module) {
  return {{"name", module.name},
          {"content_type", module.content_type},
          {"size", module.content.size()},
          {"sha256", sha256(module.content).hex()},
          {"content_base64", encode_base64(module.content)}};
}

std::string_view code_of(FailureKind kind) {
  switch (kind) {
    case FailureKind::transient:
      return "Transient";
    case FailureKind::throttled:
      return "Throttled";
    case FailureKind::refused:
      return "Refused";
    case FailureKind::not_found:
      return "NotFound";
    case FailureKind::unauthorized:
      return "Unauthorized";
    case FailureKind::unknown_outcome:
      return "UnknownOutcome";
    case FailureKind::invalid:
      return "Invalid";
    case FailureKind::local:
      return "Local";
  }
  ensure_failed("an unknown failure kind", std::source_location::current());
}

}  // namespace

Json report_frame() {
  return {{"apiVersion", kReportVersion}};
}

Json version_to_json(const Version& version) {
  Json json = {{"id", version.id.text()},
               {"number", version.number},
               {"annotations", annotations_to_json(version.annotations)},
               {"urls", version.urls}};
  put_instant(json, "created_on", version.created_on);
  put_text(json, "source", version.source);
  if (version.startup_time) json["startup_time_ms"] = version.startup_time->count();
  return json;
}

Json version_detail_to_json(const VersionDetail& detail) {
  Json json = settings_to_json(detail.settings);
  json.update(version_to_json(detail.version));
  if (detail.main_module) json["main_module"] = *detail.main_module;
  if (detail.migration_tag) json["migration_tag"] = *detail.migration_tag;
  if (detail.exports_reconciliation)
    json["exports_reconciliation"] = from_json_text(*detail.exports_reconciliation);
  if (detail.main_script_base64) json["main_script_base64"] = *detail.main_script_base64;
  if (!detail.modules.empty()) {
    json["modules"] = Json::array();
    for (const ModuleText& module : detail.modules)
      json["modules"].push_back(module_to_json(module));
  }
  return json;
}

Json deployment_to_json(const Deployment& deployment) {
  Json shares = Json::array();
  for (const Share& share : deployment.versions)
    shares.push_back({{"version_id", share.version.text()}, {"percentage", share.percentage}});
  Json json = {{"id", deployment.id.text()},
               {"versions", std::move(shares)},
               {"annotations", annotations_to_json(deployment.annotations)}};
  put_instant(json, "created_on", deployment.created_on);
  put_text(json, "source", deployment.source);
  put_text(json, "strategy", deployment.strategy);
  put_text(json, "author_email", deployment.author_email);
  return json;
}

Json recorded_list_to_json(const Listing& listing, const DeploymentHistory& history) {
  Json json = report_frame();
  json["result"] = Json::array();
  for (const Version& version : listing.versions)
    json["result"].push_back(version_to_json(version));
  json["deployments"] = Json::array();
  for (const Deployment& deployment : history.deployments)
    json["deployments"].push_back(deployment_to_json(deployment));
  json["pins"] = Json::array();
  return json;
}

Json reasons_to_json(std::span<const Reason> reasons) {
  Json json = Json::array();
  for (const Reason& reason : reasons) json.push_back(reason_to_json(reason));
  return json;
}

Json verdict_to_json(const Verdict& verdict) {
  Json json = {{"number", verdict.number},
               {"id", verdict.version.text()},
               {"verdict", verdict.kept() ? "keep" : "condemned"},
               {"reasons", reasons_to_json(verdict.reasons)}};
  put_text(json, "tag", verdict.tag);
  put_text(json, "group", verdict.group);
  put_instant(json, "created_on", verdict.created_on);
  return json;
}

Json stops_to_json(std::span<const Stop> stops) {
  Json json = Json::array();
  for (const Stop& stop : stops)
    json.push_back({{"code", to_string(stop.code)}, {"message", stop.message}});
  return json;
}

Json verdicts_to_json(std::span<const Verdict> verdicts, std::span<const Stop> stops) {
  Json json = report_frame();
  json["versions"] = Json::array();
  for (const Verdict& verdict : verdicts) json["versions"].push_back(verdict_to_json(verdict));
  json["stops"] = stops_to_json(stops);
  return json;
}

Json shares_to_json(std::span<const Share> shares, std::span<const Version> versions) {
  Json json = Json::array();
  for (const Share& share : shares) {
    Json entry = {{"id", share.version.text()}, {"percentage", share.percentage}};
    const auto known = std::ranges::find(versions, share.version, &Version::id);
    if (known != versions.end()) {
      entry["number"] = known->number;
      put_text(entry, "tag", known->annotations.tag);
    }
    json.push_back(std::move(entry));
  }
  return json;
}

Json config_errors_to_json(std::span<const ConfigError> errors) {
  Json json = Json::array();
  for (const ConfigError& error : errors) {
    Json entry = {{"code", error.code}, {"message", error.message}};
    put_text(entry, "file", error.file);
    if (error.line != 0) entry["line"] = error.line;
    if (error.column != 0) entry["column"] = error.column;
    put_text(entry, "excerpt", error.excerpt);
    json.push_back(std::move(entry));
  }
  return json;
}

Json failure_to_json(const Failure& failure) {
  Json json = {{"code", code_of(failure.kind)}, {"message", failure.sentence()}};
  if (failure.code != 0) json["cloudflare_code"] = failure.code;
  if (failure.http_status != 0) json["http_status"] = failure.http_status;
  put_text(json, "documentation_url", failure.documentation_url);
  put_text(json, "pointer", failure.pointer);
  put_text(json, "cf_ray", failure.cf_ray);
  return json;
}

}  // namespace rollout
