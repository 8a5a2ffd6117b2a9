// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/core/model/failure.h"
#include "daemon/emulator/cloud.h"
#include "daemon/emulator/cloud_parts.h"

namespace rollout {
namespace {

bool is_worker_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && plain(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return plain(c) || c == '-'; });
}

ApiResult<std::string> read_name(const Json& body) {
  const Json* name = find_member(body, "name");
  if (name == nullptr || !name->is_string() || !is_worker_name(name->get<std::string>())) {
    return refuse(ApiCode::bad_worker_name,
                  "A Worker needs a name of small letters, digits, - and _.", "/name");
  }
  if (name->get_ref<const std::string&>().size() > 63) {
    return refuse(ApiCode::name_too_long, "The name is longer than 63 characters.", "/name");
  }
  return name->get<std::string>();
}

ApiResult<Json> read_tags(const Json& body) {
  const Json* tags = find_member(body, "tags");
  if (tags == nullptr || tags->is_null()) return Json::array();
  if (!tags->is_array()) return refuse(ApiCode::bad_body, "tags must be a list.", "/tags");
  if (tags->size() > 8) return refuse(ApiCode::too_many_tags, "More than 8 tags.", "/tags");
  for (const Json& tag : *tags) {
    if (!tag.is_string()) return refuse(ApiCode::bad_body, "A tag must be a string.", "/tags");
    const auto& text = tag.get_ref<const std::string&>();
    if (text.size() > 1024) {
      return refuse(ApiCode::tags_too_long, "A tag is longer than 1024 characters.", "/tags");
    }
    if (text.find_first_of(",&") != std::string::npos) {
      return refuse(ApiCode::bad_tag, "A tag must not contain `,` or `&`.", "/tags");
    }
  }
  return *tags;
}

std::optional<Instant> instant_in(const Json& value) {
  return value.is_string() ? parse_rfc3339(value.get_ref<const std::string&>()) : std::nullopt;
}

/// The object `name` of the body, or `otherwise`.
ApiResult<Json> read_object(const Json& body, const char* name, Json otherwise) {
  const Json* value = find_member(body, name);
  if (value == nullptr || value->is_null()) return otherwise;
  if (value->type() != otherwise.type()) {
    return refuse(ApiCode::bad_body, fmt::format("{} has a wrong type.", name),
                  fmt::format("/{}", name));
  }
  if (otherwise.is_object()) {
    otherwise.merge_patch(*value);
    return otherwise;
  }
  return *value;
}

}  // namespace

ApiResult<DocumentPage> Cloud::workers(const PageQuery& query, const WorkerOrder& order) const {
  static constexpr std::string_view kFields[] = {"deployed_on", "updated_on", "created_on", "name"};
  if (std::ranges::find(kFields, order.by) == std::end(kFields)) {
    return refuse(ApiCode::bad_parameter, "order_by is none of the known fields.");
  }
  if (order.order != "asc" && order.order != "desc") {
    return refuse(ApiCode::bad_parameter, "order must be asc or desc.");
  }
  std::vector<Document> all;
  for (const auto& [name, worker] : workers_) all.push_back(worker.document);
  // What was never deployed comes before every date; the name breaks ties.
  std::ranges::sort(all, [&](const Document& a, const Document& b) {
    const bool descending = order.order == "desc";
    const Json& left = (descending ? *b : *a)[order.by];
    const Json& right = (descending ? *a : *b)[order.by];
    if (order.by == "name") return left < right;
    const auto before = instant_in(left) <=> instant_in(right);
    return before == 0 ? (*a)["name"] < (*b)["name"] : before < 0;
  });
  return page_of(query, all.size(), [&all](std::size_t index) { return all[index]; });
}

ApiResult<Document> Cloud::create_worker(const Json& body) {
  if (!body.is_object()) return refuse(ApiCode::bad_body, "The body must be a JSON object.");
  TRY_ASSIGN(const std::string name, read_name(body));
  if (workers_.contains(name)) {
    return refuse(ApiCode::name_taken, fmt::format("A Worker named `{}` exists.", name), "/name");
  }
  Json document = {{"name", name}, {"id", hex_id()}};
  TRY_ASSIGN(document["tags"], read_tags(body));
  TRY_ASSIGN(document["observability"],
             read_object(body, "observability", Json{{"enabled", false}}));
  TRY_ASSIGN(document["subdomain"],
             read_object(body, "subdomain", Json{{"enabled", true}, {"previews_enabled", true}}));
  TRY_ASSIGN(document["tail_consumers"], read_object(body, "tail_consumers", Json::array()));
  TRY_ASSIGN(document["logpush"], read_object(body, "logpush", false));
  if (document["subdomain"]["previews_enabled"] == true && name.size() > 54) {
    return refuse(ApiCode::name_too_long_for_previews,
                  "The name is longer than 54 characters, too long for preview URLs.", "/name");
  }
  document["subdomain"]["url"] = fmt::format("https://{}.emulator.workers.dev", name);
  document["references"] = {{"workers", Json::array()},
                            {"domains", Json::array()},
                            {"dispatch_namespace_outbounds", Json::array()},
                            {"durable_objects", Json::array()},
                            {"queues", Json::array()}};
  document["created_on"] = document["updated_on"] = format_rfc3339(now());
  document["deployed_on"] = nullptr;

  CloudWorker worker;
  worker.id = document["id"].get<std::string>();
  worker.name = name;
  worker.document = std::make_shared<const Json>(std::move(document));
  CloudWorker& kept = workers_.emplace(name, std::move(worker)).first->second;
  changed(kept);
  return kept.document;
}

ApiResult<Document> Cloud::worker(std::string_view worker) const {
  TRY_ASSIGN(const CloudWorker* found, need_worker(worker));
  return found->document;
}

ApiResult<void> Cloud::delete_worker(std::string_view worker) {
  TRY_ASSIGN(const CloudWorker* found, need_worker(worker));
  changed(*found);
  for (const auto& version : found->versions) changed_.insert(version_key(*found, version));
  for (const auto& one : found->deployments) changed_.insert(deployment_key(*found, one));
  workers_.erase(found->name);
  return {};
}

}  // namespace rollout
