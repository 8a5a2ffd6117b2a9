// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/core/model/failure.h"
#include "daemon/emulator/cloud.h"
#include "daemon/emulator/cloud_parts.h"
#include "daemon/emulator/version_body.h"

namespace rollout {
namespace {

// Set by the server alone; a merge patch neither inherits nor sets them.
constexpr const char* kReadOnly[] = {"id",     "number",          "urls",         "created_on",
                                     "source", "startup_time_ms", "migration_tag"};

Document no_modules() {
  return std::make_shared<const Json>(Json::array());
}

Json bindings_of(const Json& body) {
  const Json* bindings = find_member(body, "bindings");
  return bindings == nullptr || bindings->is_null() ? Json::array() : *bindings;
}

const Json* binding_named(const Json& bindings, const std::string& name) {
  const auto found = std::ranges::find_if(
      bindings, [&name](const Json& binding) { return binding["name"] == name; });
  return found == bindings.end() ? nullptr : &*found;
}

/// The bindings of `env`, a map by name, in which null only deletes.
ApiResult<Json> read_env(const Json& env) {
  if (!env.is_object()) return refuse(ApiCode::validation, "env must be an object.", "/env");
  Json bindings = Json::array();
  for (const auto& [name, value] : env.items()) {
    if (value.is_null()) continue;
    if (!value.is_object()) {
      return refuse(ApiCode::validation, "A binding must be an object.", "/env");
    }
    bindings.push_back(value);
    bindings.back()["name"] = name;
  }
  TRY(check_bindings(bindings, BindingsFrom::request));
  return bindings;
}

std::string text_member(const Json& object, const char* name, std::string otherwise) {
  auto text = string_member(object, name);
  return text && *text ? std::move(**text) : std::move(otherwise);
}

}  // namespace

ApiResult<DocumentPage> Cloud::versions(std::string_view worker, const PageQuery& query) const {
  TRY_ASSIGN(const CloudWorker* found, need_worker(worker));
  const auto& all = found->versions;
  switch (rules_.list_order) {
    case ListOrder::newest:
      return page_of(query, all.size(),
                     [&all](std::size_t i) { return all[all.size() - 1 - i].document; });
    case ListOrder::oldest:
      return page_of(query, all.size(), [&all](std::size_t i) { return all[i].document; });
    case ListOrder::by_id:
      return page_of(query, all.size(), [found](std::size_t i) {
        const auto entry = std::next(found->ids.begin(), static_cast<std::ptrdiff_t>(i));
        return version_by_number(*found, entry->second)->document;
      });
  }
  std::unreachable();
}

ApiResult<Document> Cloud::version(std::string_view worker, std::string_view version) const {
  TRY_ASSIGN(const CloudWorker* found, need_worker(worker));
  TRY_ASSIGN(const CloudVersion* kept, find_version(*found, version));
  return kept->document;
}

ApiResult<Document> Cloud::version_with_modules(std::string_view worker,
                                                std::string_view version) const {
  TRY_ASSIGN(const CloudWorker* found, need_worker(worker));
  TRY_ASSIGN(const CloudVersion* kept, find_version(*found, version));
  Json document = *kept->document;
  document["modules"] = *kept->modules;
  return std::make_shared<const Json>(std::move(document));
}

ApiResult<Document> Cloud::create_version(std::string_view worker, const Json& body,
                                          const VersionOptions& options) {
  TRY_ASSIGN(CloudWorker * found, need_worker(worker));
  TRY_ASSIGN(VersionParts parts, read_version_body(body, rules_, no_modules()));
  const Json bindings = bindings_of(body);
  TRY(check_bindings(bindings, BindingsFrom::request));
  TRY_ASSIGN(const Json resolved, resolve_inherited(*found, bindings));
  TRY_ASSIGN(parts.assets, redeem_assets(*found, body));
  return publish(*found, std::move(parts), resolved, options);
}

ApiResult<Document> Cloud::patch_latest(std::string_view worker, const Json& body,
                                        const VersionOptions& options) {
  TRY_ASSIGN(CloudWorker * found, need_worker(worker));
  if (found->versions.empty()) return refuse(ApiCode::no_versions, "The Worker has no versions.");
  if (!body.is_object()) return refuse(ApiCode::bad_body, "The body must be a JSON object.");
  const CloudVersion& latest = found->versions.back();
  Json target = *latest.document;
  Json patch = body;
  for (const char* field : kReadOnly) {
    target.erase(field);
    patch.erase(field);
  }
  // Bindings that are inherited were checked when they came, and lost their secrets then.
  const Json inherited = target["bindings"];
  target.erase("bindings");
  patch.erase("bindings");
  patch.erase("env");
  target.merge_patch(patch);
  const bool modules_deleted = body.contains("modules") && body["modules"].is_null();
  TRY_ASSIGN(VersionParts parts,
             read_version_body(target, rules_, modules_deleted ? no_modules() : latest.modules));

  Json bindings = inherited;
  if (body.contains("bindings")) {
    bindings = bindings_of(body);
    TRY(check_bindings(bindings, BindingsFrom::request));
  }
  const Json env = body.value("env", Json::object());
  TRY_ASSIGN(const Json fresh, read_env(env));
  std::erase_if(bindings.get_ref<Json::array_t&>(), [&env](const Json& binding) {
    return env.contains(binding["name"].get<std::string>());
  });
  bindings.insert(bindings.end(), fresh.begin(), fresh.end());
  TRY_ASSIGN(const Json resolved, resolve_inherited(*found, bindings));
  TRY_ASSIGN(parts.assets, redeem_assets(*found, body));
  if (!parts.assets && target.contains("assets")) parts.assets = latest.assets;
  return publish(*found, std::move(parts), resolved, options);
}

ApiResult<void> Cloud::delete_version(std::string_view worker, std::string_view version) {
  TRY_ASSIGN(CloudWorker * found, need_worker(worker));
  TRY_ASSIGN(const CloudVersion* kept, find_version(*found, version));
  const bool deployed = !found->deployments.empty() &&
                        std::ranges::find(found->deployments.front().versions, kept->id) !=
                            found->deployments.front().versions.end();
  if (deployed && rules_.delete_deployed == DeleteDeployed::refuse) {
    return refuse(ApiCode::validation, "A version of the current deployment cannot be deleted.");
  }
  changed_.insert(version_key(*found, *kept));
  found->ids.erase(kept->id);
  found->versions.erase(found->versions.begin() + (kept - found->versions.data()));
  return {};
}

ApiResult<Json> Cloud::resolve_inherited(const CloudWorker& worker, const Json& bindings) const {
  Json out = Json::array();
  std::size_t index = 0;
  for (const Json& binding : bindings) {
    const std::string pointer = fmt::format("/bindings/{}", index++);
    if (binding["type"] != "inherit") {
      out.push_back(binding);
      continue;
    }
    const auto name = binding["name"].get<std::string>();
    const auto from = find_version(worker, text_member(binding, "version_id", "latest"));
    const Json* old = from ? binding_named((*(*from)->document)["bindings"],
                                           text_member(binding, "old_name", name))
                           : nullptr;
    if (old != nullptr) {
      out.push_back(*old);
      out.back()["name"] = name;
    } else if (rules_.unresolved_inherit == UnresolvedInherit::reject) {
      return refuse(ApiCode::inherit_unresolved,
                    fmt::format("The binding `{}` has nothing to inherit from.", name), pointer);
    }
  }
  return out;
}

ApiResult<void> Cloud::check_classes(const CloudWorker& worker, const VersionParts& parts,
                                     const VersionOptions& options) const {
  if (rules_.class_rule == ClassRule::off) return {};
  std::set<std::string> classes = worker.classes;
  if (options.deploy && parts.migrations) apply_migrations(classes, *parts.migrations);
  for (const Json& binding : (*parts.fields)["bindings"]) {
    if (binding["type"] != "durable_object_namespace") continue;
    const std::string name = text_member(binding, "class_name", "");
    const bool own = text_member(binding, "script_name", worker.name) == worker.name;
    if (own && !name.empty() && !classes.contains(name)) {
      return refuse(ApiCode::class_not_deployed,
                    fmt::format("The migration of class `{}` is not deployed yet.", name),
                    "/bindings");
    }
  }
  return {};
}

ApiResult<Document> Cloud::publish(CloudWorker& worker, VersionParts parts, const Json& bindings,
                                   const VersionOptions& options) {
  Json fields = *parts.fields;
  fields["bindings"] = shown_bindings(bindings);
  parts.fields = std::make_shared<const Json>(std::move(fields));
  TRY(check_classes(worker, parts, options));
  const CloudVersion& version = add_version(worker, parts,
                                            {.id = uuid(),
                                             .number = worker.last_number + 1,
                                             .created_on = now(),
                                             .source = options.source});
  if (!options.deploy) return version.document;
  const std::string id = version.id;
  Json deployment = {
      {"strategy", "percentage"},
      {"source", options.source},
      {"versions", Json::array({Json{{"version_id", id}, {"percentage", 100}}})},
      {"annotations", Json{{"workers/triggered_by", "upload"}}},
  };
  apply_migrations_of(worker, add_deployment(worker, std::move(deployment), now()));
  return version_by_id(worker, id)->document;
}

CloudVersion& Cloud::add_version(CloudWorker& worker, const VersionParts& parts,
                                 VersionStamp stamp) {
  Json document = *parts.fields;
  document["id"] = stamp.id;
  document["number"] = stamp.number;
  document["created_on"] = format_rfc3339(stamp.created_on);
  document["source"] = stamp.source;
  document["annotations"]["workers/triggered_by"] = "version_upload";
  document["urls"] = Json::array();
  if ((*worker.document)["subdomain"]["previews_enabled"] == true) {
    document["urls"].push_back(
        fmt::format("https://{}-{}.emulator.workers.dev", stamp.id.substr(0, 8), worker.name));
  }
  if (!parts.modules->empty()) document["startup_time_ms"] = 1;
  if (worker.migration_tag) document["migration_tag"] = *worker.migration_tag;

  worker.last_number = std::max(worker.last_number, stamp.number);
  worker.ids.emplace(stamp.id, stamp.number);
  const auto place =
      std::ranges::upper_bound(worker.versions, stamp.number, {}, &CloudVersion::number);
  auto added = worker.versions.insert(
      place, CloudVersion{.number = stamp.number,
                          .id = std::move(stamp.id),
                          .document = std::make_shared<const Json>(std::move(document)),
                          .modules = parts.modules,
                          .migrations = parts.migrations,
                          .assets = parts.assets});
  changed_.insert(version_key(worker, *added));
  changed(worker);
  return *added;
}

}  // namespace rollout
