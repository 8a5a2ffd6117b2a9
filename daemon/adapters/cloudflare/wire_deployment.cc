// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/wire_deployment.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/codec/json.h"
#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

Wire<Share> read_share(const Json& object) {
  TRY_ASSIGN(const std::string text, required_text(object, "version_id"));
  const auto version = VersionId::parse(text);
  if (!version) return std::unexpected("`version_id` is not a UUID");
  TRY_ASSIGN(const auto percentage, number_member(object, "percentage"));
  if (!percentage) return std::unexpected("`percentage` is missing");
  if (*percentage < 0 || *percentage > 100) {
    return std::unexpected("`percentage` is not within 0 and 100");
  }
  return Share{*version, *percentage};
}

}  // namespace

Wire<Worker> worker_from_json(const Json& object) {
  if (!object.is_object()) return std::unexpected("a Worker is no JSON object");
  Worker out;
  TRY_ASSIGN(out.id, required_text(object, "id"));
  TRY_ASSIGN(out.name, required_text(object, "name"));
  return out;
}

Wire<std::optional<Instant>> token_expiry_from_json(const Json& object) {
  if (!object.is_object()) return std::unexpected("a token is no JSON object");
  const auto text = string_member(object, "expires_on");
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  const auto expires = parse_rfc3339(**text);
  if (!expires) return std::unexpected("`expires_on` of the token is no time");
  return expires;
}

Wire<Deployment> deployment_from_json(const Json& object) {
  if (!object.is_object()) return std::unexpected("a deployment is no JSON object");
  Deployment out;
  TRY_ASSIGN(std::string id, required_text(object, "id"));
  out.id = DeploymentId(std::move(id));
  if (find_member(object, "created_on") == nullptr) {
    return std::unexpected("`created_on` is missing");
  }
  out.created_on = created_on(object);
  TRY_ASSIGN(out.source, required_text(object, "source"));
  TRY_ASSIGN(out.strategy, required_text(object, "strategy"));
  TRY_ASSIGN(out.author_email, optional_text(object, "author_email"));
  const Json* versions = find_member(object, "versions");
  if (versions == nullptr) return std::unexpected("`versions` is missing");
  if (!versions->is_array() || versions->empty()) {
    return std::unexpected("`versions` is not a list of versions");
  }
  for (const Json& entry : *versions) {
    TRY_ASSIGN(const Share share, read_share(entry));
    out.versions.push_back(share);
  }
  out.annotations = annotations_from_json(object);
  return out;
}

Wire<std::vector<Deployment>> deployments_from_json(const Json& object) {
  const Json* entries = find_member(object, "deployments");
  if (entries == nullptr) return std::unexpected("`deployments` is missing");
  if (!entries->is_array()) return std::unexpected("`deployments` is not a list");
  std::vector<Deployment> out;
  for (const Json& entry : *entries) {
    auto deployment = deployment_from_json(entry);
    if (!deployment) {
      return std::unexpected(fmt::format("deployments[{}]: {}", out.size(), deployment.error()));
    }
    // The first one is in force. If that cannot be told, nothing may be deleted.
    if (!out.empty() && deployment->created_on > out.front().created_on) {
      return std::unexpected(fmt::format(
          "deployments[{}] is newer than the first, which is to be the current one", out.size()));
    }
    out.push_back(std::move(*deployment));
  }
  return out;
}

Json deployment_to_json(const std::vector<Share>& shares, std::string_view message) {
  Json out{{"strategy", "percentage"}, {"versions", Json::array()}};
  for (const Share& share : shares) {
    out["versions"].push_back(
        {{"version_id", share.version.text()}, {"percentage", share.percentage}});
  }
  if (!message.empty()) out["annotations"] = {{"workers/message", message}};
  return out;
}

}  // namespace rollout
