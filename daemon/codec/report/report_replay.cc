// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/report/report_replay.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/codec/report/report_version.h"

namespace rollout {
namespace {

Json named(const Version& version) {
  Json json = {{"number", version.number}, {"id", version.id.text()}};
  if (!version.annotations.tag.empty()) json["tag"] = version.annotations.tag;
  if (version.created_on) json["created_on"] = format_rfc3339(*version.created_on);
  return json;
}

Json end_to_json(const GoneVersion& gone) {
  Json json = {{"at", format_rfc3339(gone.at)}, {"held_by", reasons_to_json(gone.held_by)}};
  if (!gone.group.empty()) json["group"] = gone.group;
  return json;
}

Json broken_to_json(const BrokenDeployment& broken) {
  Json json = named(broken.version);
  json["at"] = format_rfc3339(broken.at);
  json["gone_at"] = format_rfc3339(broken.gone_at);
  json["kind"] = broken.kind == BrokenDeployment::Kind::rollback ? "rollback" : "first-deployment";
  return json;
}

std::size_t broken_rollbacks(const Replay& replay) {
  return static_cast<std::size_t>(std::count_if(
      replay.broken.begin(), replay.broken.end(),
      [](const BrokenDeployment& each) { return each.kind == BrokenDeployment::Kind::rollback; }));
}

Json frame_of(const Comparison& comparison) {
  const auto policy = [](const ComparedPolicy& each) -> Json {
    return {{"file", each.file}, {"policy", each.policy->name.text()}};
  };
  Json json = report_frame();
  json["old"] = policy(comparison.before);
  json["new"] = policy(comparison.after);
  json["versions"] = comparison.versions;
  json["changes"] = Json::array();
  return json;
}

/// A verdict without what is the same in both.
Json fate_to_json(const Verdict& verdict) {
  Json json = verdict_to_json(verdict);
  for (const char* same : {"number", "id", "tag", "created_on"}) json.erase(same);
  return json;
}

Json fate_to_json(const std::optional<GoneVersion>& gone) {
  Json json = gone ? end_to_json(*gone) : Json::object();
  json["fate"] = gone ? "goes" : "stays";
  return json;
}

}  // namespace

Json replay_to_json(const RetentionPolicy& policy, const Replay& replay) {
  Json json = report_frame();
  json["policy"] = policy.name.text();
  json["since"] = format_rfc3339(replay.since);
  json["until"] = format_rfc3339(replay.until);
  json["days"] = replay.days;
  json["versions"] = replay.versions;
  json["gone"] = Json::array();
  for (const GoneVersion& gone : replay.gone) {
    json["gone"].push_back(named(gone.version));
    json["gone"].back().update(end_to_json(gone));
  }
  json["broken"] = Json::array();
  for (const BrokenDeployment& broken : replay.broken)
    json["broken"].push_back(broken_to_json(broken));
  json["broken_rollbacks"] = broken_rollbacks(replay);
  json["stops"] = Json::array();
  for (const StoppedDays& stop : replay.stopped)
    json["stops"].push_back({{"code", to_string(stop.code)},
                             {"message", stop.message},
                             {"first", format_rfc3339(stop.first)},
                             {"days", stop.days},
                             {"lifted", !stop.waits}});
  json["unlisted"] = replay.unlisted;
  return json;
}

Json changes_to_json(const Comparison& comparison, Instant at,
                     std::span<const FateChange> changes) {
  Json json = frame_of(comparison);
  json["at"] = format_rfc3339(at);
  for (const FateChange& change : changes) {
    Json one = verdict_to_json(change.before);
    for (const char* own : {"verdict", "reasons", "group"}) one.erase(own);
    one["old"] = fate_to_json(change.before);
    one["new"] = fate_to_json(change.after);
    json["changes"].push_back(std::move(one));
  }
  return json;
}

Json changes_to_json(const ReplayedComparison& comparison) {
  Json json = frame_of(comparison.policies);
  json["since"] = format_rfc3339(comparison.before.since);
  json["until"] = format_rfc3339(comparison.before.until);
  for (const ReplayedChange& change : changed_fates(comparison.before, comparison.after)) {
    Json one = named(change.version());
    one["old"] = fate_to_json(change.before);
    one["new"] = fate_to_json(change.after);
    json["changes"].push_back(std::move(one));
  }
  json["old"]["broken_rollbacks"] = broken_rollbacks(comparison.before);
  json["new"]["broken_rollbacks"] = broken_rollbacks(comparison.after);
  return json;
}

}  // namespace rollout
