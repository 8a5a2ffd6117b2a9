// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/sim_cloud.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/core/model/ensure.h"
#include "daemon/emulator/cloud.h"

namespace rollout {
namespace {

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Version version_of(const Json& document) {
  const Json& annotations = document.at("annotations");
  return {.id = *VersionId::parse(document.at("id").get<std::string>()),
          .number = document.at("number").get<std::uint64_t>(),
          .created_on = parse_rfc3339(document.at("created_on").get<std::string>()),
          .annotations = {.tag = text_of(annotations, "workers/tag"),
                          .message = text_of(annotations, "workers/message"),
                          .triggered_by = text_of(annotations, "workers/triggered_by")},
          .source = text_of(document, "source"),
          .startup_time = {},
          .urls = {}};
}

Deployment deployment_of(const Json& document) {
  Deployment deployment;
  deployment.id = DeploymentId(document.at("id").get<std::string>());
  deployment.created_on = parse_rfc3339(document.at("created_on").get<std::string>());
  for (const Json& share : document.at("versions")) {
    deployment.versions.push_back({*VersionId::parse(share.at("version_id").get<std::string>()),
                                   share.at("percentage").get<double>()});
  }
  return deployment;
}

CloudRules rules_of(const Setup& setup) {
  CloudRules rules;
  if (setup.delete_deployed_allowed) rules.delete_deployed = DeleteDeployed::allow;
  return rules;
}

}  // namespace

SimCloud::SimCloud(World& world, const Setup& setup, std::uint64_t seed)
    : world_(world),
      setup_(setup),
      random_(seed),
      cloud_(std::make_unique<Cloud>(
          rules_of(setup), [&world] { return world.truth(); }, [this] { return random_.next(); })) {
  for (const WorkerId& worker : {kShop, kBlog}) {
    const auto made = cloud_->create_worker(Json{{"name", worker.text()}});
    ENSURE(made.has_value(), "an empty cloud must take a Worker");
    show(worker);
  }
}

SimCloud::~SimCloud() = default;

Version SimCloud::create(const WorkerId& worker, const std::string& tag,
                         const std::string& message) {
  Json annotations = Json::object();
  if (!tag.empty()) annotations["workers/tag"] = tag;
  if (!message.empty()) annotations["workers/message"] = message;
  const Json body = {
      {"main_module", "index.js"},
      {"compatibility_date", "2026-01-01"},
      {"annotations", std::move(annotations)},
      {"modules", Json::array({Json{{"name", "index.js"},
                                    {"content_type", "application/javascript+module"},
                                    {"content_base64", "eA=="}}})}};
  const auto made = cloud_->create_version(worker.text(), body, {});
  ENSURE(made.has_value(), "a sound request must make a version");
  show(worker);
  return version_of(**made);
}

SimCloud::Removal SimCloud::remove(const WorkerId& worker, const VersionId& version) {
  if (find(worker, version) == nullptr) return Removal::gone;
  if (!cloud_->delete_version(worker.text(), version.text())) return Removal::refused;
  show(worker);
  return Removal::done;
}

void SimCloud::deploy(const WorkerId& worker, const std::vector<Share>& shares) {
  Json body = {{"strategy", "percentage"}, {"versions", Json::array()}};
  for (const Share& share : shares) {
    body["versions"].push_back(
        {{"version_id", share.version.text()}, {"percentage", share.percentage}});
  }
  const auto made = cloud_->create_deployment(worker.text(), body);
  if (!made) return;  // Too old to be deployed: a tape that was shrunk may ask for that.
  Deployment deployment = deployment_of(**made);
  auto& all = workers_[worker].deployments.deployments;
  all.insert(all.begin(), std::move(deployment));
}

void SimCloud::undate(const WorkerId& worker, const VersionId& version) {
  workers_[worker].undated.insert(version);
  show(worker);
}

void SimCloud::show(const WorkerId& worker) {
  Account& account = workers_[worker];
  Shown now{world_.tick(), {}};
  for (std::int64_t page = 1;; ++page) {
    const auto answer = cloud_->versions(worker.text(), {.page = page, .per_page = 100});
    ENSURE(answer.has_value(), "a Worker that exists has a listing");
    for (const Document& document : answer->items) {
      Version version = version_of(*document);
      if (account.undated.contains(version.id)) version.created_on.reset();
      now.versions.push_back(std::move(version));
    }
    if (answer->items.size() < 100) break;
  }
  account.shown.push_back(std::move(now));
  while (account.shown.size() > 1 &&
         account.shown[1].from + setup_.truth.list_lag < world_.tick()) {
    account.shown.pop_front();
  }
}

const std::vector<Version>& SimCloud::versions(const WorkerId& worker) const {
  return workers_.at(worker).shown.back().versions;
}

const std::vector<Version>& SimCloud::versions_at(const WorkerId& worker, Tick when) const {
  const auto& shown = workers_.at(worker).shown;
  const auto after = std::find_if(shown.begin(), shown.end(),
                                  [&](const Shown& state) { return state.from > when; });
  return after == shown.begin() ? after->versions : std::prev(after)->versions;
}

const DeploymentHistory& SimCloud::deployments(const WorkerId& worker) const {
  return workers_.at(worker).deployments;
}

std::set<VersionId> SimCloud::serving(const WorkerId& worker) const {
  std::set<VersionId> out;
  const auto& all = deployments(worker).deployments;
  if (all.empty()) return out;
  for (const Share& share : all.front().versions) out.insert(share.version);
  return out;
}

const Version* SimCloud::find(const WorkerId& worker, const VersionId& version) const {
  const auto& all = versions(worker);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Version& v) { return v.id == version; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<Version> SimCloud::carriers(const WorkerId& worker, const BundleDigest& digest) const {
  std::vector<Version> out;
  for (const Version& version : versions(worker)) {
    if (build_in(version) == digest.hex()) out.push_back(version);
  }
  return out;
}

std::optional<std::string> build_in(const std::string& message) {
  constexpr std::string_view kMark = "rolloutd: build=sha256:";
  const auto line = message.rfind('\n');
  const std::string last = line == std::string::npos ? message : message.substr(line + 1);
  if (!last.starts_with(kMark) || last.size() < kMark.size() + 64) return std::nullopt;
  return last.substr(kMark.size(), 64);
}

}  // namespace rollout
