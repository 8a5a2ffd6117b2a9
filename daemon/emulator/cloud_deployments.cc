// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/core/model/failure.h"
#include "daemon/emulator/cloud.h"
#include "daemon/emulator/cloud_parts.h"

namespace rollout {
namespace {

/// Only so many of the newest versions may be deployed (documented since 2025-09-11).
constexpr std::size_t kWindow = 100;

std::optional<std::size_t> find_deployment(const CloudWorker& worker, std::string_view id) {
  const auto found = std::ranges::find(worker.deployments, id, &CloudDeployment::id);
  if (found == worker.deployments.end()) return std::nullopt;
  return static_cast<std::size_t>(found - worker.deployments.begin());
}

bool in_window(const CloudWorker& worker, const std::string& id) {
  if (worker.versions.size() <= kWindow) return true;
  return worker.ids.at(id) >= worker.versions[worker.versions.size() - kWindow].number;
}

}  // namespace

ApiResult<std::vector<Document>> Cloud::deployments(std::string_view script) const {
  TRY_ASSIGN(const CloudWorker* worker, need_script(script));
  std::vector<Document> all;
  for (const CloudDeployment& deployment : worker->deployments) all.push_back(deployment.document);
  return all;
}

ApiResult<Document> Cloud::deployment(std::string_view script, std::string_view deployment) const {
  TRY_ASSIGN(const CloudWorker* worker, need_script(script));
  const auto index = find_deployment(*worker, deployment);
  if (!index) return refuse(ApiCode::deployment_not_found, "Deployment not found.");
  return worker->deployments[*index].document;
}

ApiResult<Document> Cloud::create_deployment(std::string_view script, const Json& body) {
  TRY_ASSIGN(CloudWorker * worker, need_script(script));
  TRY_ASSIGN(Json document, read_deployment_body(body));
  const Json versions = body.value("versions", Json());
  TRY_ASSIGN(const auto ids, read_shares(*worker, versions));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (in_window(*worker, ids[i])) continue;
    return refuse(ApiCode::validation,
                  fmt::format("Version {} is not among the 100 newest versions.", ids[i]),
                  fmt::format("/versions/{}/version_id", i));
  }
  document["versions"] = versions;
  document["source"] = "api";
  const CloudDeployment& added = add_deployment(*worker, std::move(document), now());
  apply_migrations_of(*worker, added);
  return added.document;
}

ApiResult<void> Cloud::delete_deployment(std::string_view script, std::string_view deployment) {
  TRY_ASSIGN(CloudWorker * worker, need_script(script));
  const auto index = find_deployment(*worker, deployment);
  if (!index) return refuse(ApiCode::deployment_not_found, "Deployment not found.");
  if (*index == 0) {
    return refuse(ApiCode::validation, "The current deployment cannot be deleted.");
  }
  changed_.insert(deployment_key(*worker, worker->deployments[*index]));
  worker->deployments.erase(worker->deployments.begin() + static_cast<std::ptrdiff_t>(*index));
  return {};
}

CloudDeployment& Cloud::add_deployment(CloudWorker& worker, Json document, Instant created_on) {
  CloudDeployment added;
  added.id = uuid();
  added.rank = worker.deployments.empty() ? 1 : worker.deployments.front().rank + 1;
  added.created_on = created_on;
  for (Json& share : document["versions"]) {
    added.versions.push_back(share["version_id"].get<std::string>());
    share = {{"version_id", share["version_id"]}, {"percentage", share["percentage"]}};
  }
  document["id"] = added.id;
  document["created_on"] = format_rfc3339(created_on);
  document["author_email"] = "operator@example.com";
  added.document = std::make_shared<const Json>(std::move(document));

  Json shown = *worker.document;
  shown["deployed_on"] = shown["updated_on"] = format_rfc3339(created_on);
  worker.document = std::make_shared<const Json>(std::move(shown));
  auto placed = worker.deployments.insert(worker.deployments.begin(), std::move(added));
  changed_.insert(deployment_key(worker, *placed));
  changed(worker);
  return *placed;
}

void Cloud::apply_migrations_of(CloudWorker& worker, const CloudDeployment& deployment) {
  for (const std::string& id : deployment.versions) {
    auto& version = *std::ranges::find(worker.versions, id, &CloudVersion::id);
    if (!version.migrations) continue;
    apply_migrations(worker.classes, *version.migrations);
    if (const auto tag = string_member(*version.migrations, "new_tag"); tag && *tag) {
      worker.migration_tag = **tag;
      Json document = *version.document;
      document["migration_tag"] = **tag;
      version.document = std::make_shared<const Json>(std::move(document));
    }
    version.migrations = nullptr;  // They are applied once.
    changed_.insert(version_key(worker, version));
    changed(worker);
  }
}

}  // namespace rollout
