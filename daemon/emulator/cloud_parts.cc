// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/cloud_parts.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "daemon/core/model/failure.h"
#include "daemon/emulator/version_body.h"

namespace rollout {
namespace {

constexpr std::size_t kIdLength = 36;
constexpr std::size_t kShortestPrefix = 8;
constexpr std::size_t kMessageBytes = 1000;

bool is_id_text(std::string_view text) {
  return text.size() >= kShortestPrefix && text.size() <= kIdLength &&
         std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
         });
}

void apply_step(std::set<std::string>& classes, const Json& step) {
  for (const char* list : {"new_classes", "new_sqlite_classes"}) {
    for (const Json& name : step.value(list, Json::array())) {
      if (name.is_string()) classes.insert(name.get<std::string>());
    }
  }
  for (const Json& name : step.value("deleted_classes", Json::array())) {
    if (name.is_string()) classes.erase(name.get<std::string>());
  }
  for (const char* list : {"renamed_classes", "transferred_classes"}) {
    for (const Json& move : step.value(list, Json::array())) {
      if (const auto from = string_member(move, "from"); from && *from) classes.erase(**from);
      if (const auto to = string_member(move, "to"); to && *to) classes.insert(**to);
    }
  }
}

}  // namespace

const CloudVersion* version_by_number(const CloudWorker& worker, std::uint64_t number) {
  const auto found = std::ranges::lower_bound(worker.versions, number, {}, &CloudVersion::number);
  return found == worker.versions.end() || found->number != number ? nullptr : &*found;
}

const CloudVersion* version_by_id(const CloudWorker& worker, const std::string& id) {
  const auto found = worker.ids.find(id);
  return found == worker.ids.end() ? nullptr : version_by_number(worker, found->second);
}

ApiResult<const CloudVersion*> find_version(const CloudWorker& worker, std::string_view version) {
  const auto unknown = [] { return refuse(ApiCode::version_not_found, "Version not found."); };
  if (version == "latest") {
    if (worker.versions.empty()) return unknown();
    return &worker.versions.back();
  }
  if (!is_id_text(version)) {
    return refuse(ApiCode::bad_parameter,
                  "A version is a UUID, the first 8 or more digits of one, or `latest`.");
  }
  const std::string text(version);
  const auto first = worker.ids.lower_bound(text);
  if (first == worker.ids.end() || !first->first.starts_with(text)) return unknown();
  if (const auto next = std::next(first);
      next != worker.ids.end() && next->first.starts_with(text)) {
    return refuse(ApiCode::bad_parameter, "Several versions begin with these digits.");
  }
  return version_by_number(worker, first->second);
}

ApiResult<std::vector<std::string>> read_shares(const CloudWorker& worker, const Json& versions) {
  const auto invalid = [](std::string message, std::string pointer) {
    return refuse(ApiCode::validation, std::move(message), std::move(pointer));
  };
  if (!versions.is_array() || versions.empty() || versions.size() > 2) {
    return invalid("A deployment has one or two versions.", "/versions");
  }
  std::vector<std::string> ids;
  double sum = 0;
  for (const Json& share : versions) {
    const std::string pointer = fmt::format("/versions/{}", ids.size());
    const auto id = string_member(share, "version_id");
    if (!id || !*id) return invalid("version_id must be a version's id.", pointer + "/version_id");
    const auto percentage = number_member(share, "percentage");
    if (!percentage || !*percentage || **percentage < 0 || **percentage > 100) {
      return invalid("percentage must be from 0 to 100.", pointer + "/percentage");
    }
    if (version_by_id(worker, **id) == nullptr) {
      return refuse(ApiCode::script_version_not_found,
                    fmt::format("Version {} does not exist.", **id), pointer + "/version_id");
    }
    if (std::ranges::find(ids, **id) != ids.end()) {
      return invalid("A version stands twice.", pointer + "/version_id");
    }
    ids.push_back(**id);
    sum += **percentage;
  }
  if (std::abs(sum - 100) > 0.001)
    return invalid("The percentages must add up to 100.", "/versions");
  return ids;
}

ApiResult<Json> read_deployment_body(const Json& body) {
  if (!body.is_object()) return refuse(ApiCode::bad_body, "The body must be a JSON object.");
  if (body.value("strategy", Json()) != "percentage") {
    return refuse(ApiCode::validation, "strategy must be percentage.", "/strategy");
  }
  Json annotations = {{"workers/triggered_by", "deployment"}};
  if (const Json* given = find_member(body, "annotations"); given && !given->is_null()) {
    const auto message = string_member(*given, "workers/message");
    if (!message) {
      return refuse(ApiCode::validation, message.error(), "/annotations/workers~1message");
    }
    if (*message) annotations["workers/message"] = cut_utf8(**message, kMessageBytes);
  }
  return Json{{"strategy", "percentage"}, {"annotations", std::move(annotations)}};
}

void apply_migrations(std::set<std::string>& classes, const Json& migrations) {
  apply_step(classes, migrations);
  for (const Json& step : migrations.value("steps", Json::array())) {
    if (step.is_object()) apply_step(classes, step);
  }
}

std::string asset_key(std::string_view hash) {
  return fmt::format("asset/{}", hash);
}

std::string asset_session_key(std::string_view id) {
  return fmt::format("assets-session/{}", id);
}

std::string worker_key(const CloudWorker& worker) {
  return "worker/" + worker.id;
}

std::string version_key(const CloudWorker& worker, const CloudVersion& version) {
  return "version/" + worker.id + "/" + version.id;
}

std::string deployment_key(const CloudWorker& worker, const CloudDeployment& deployment) {
  return "deployment/" + worker.id + "/" + deployment.id;
}

}  // namespace rollout
