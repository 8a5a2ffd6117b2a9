// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "daemon/core/model/failure.h"
#include "daemon/emulator/cloud.h"
#include "daemon/emulator/cloud_parts.h"

namespace rollout {
namespace {

Json or_null(const Document& document) {
  return document ? *document : Json();
}

std::string record_of(const CloudWorker& worker) {
  Json record = {{"document", *worker.document},
                 {"last_number", worker.last_number},
                 {"classes", worker.classes}};
  if (worker.migration_tag) record["migration_tag"] = *worker.migration_tag;
  return dump_json(record);
}

std::string record_of(const CloudVersion& version) {
  return dump_json({{"document", *version.document},
                    {"modules", *version.modules},
                    {"assets", or_null(version.assets)},
                    {"migrations", or_null(version.migrations)}});
}

std::string record_of(const CloudAsset& asset) {
  return dump_json({{"size", asset.size},
                    {"sha256", asset.sha256},
                    {"content_type", asset.content_type},
                    {"uploads", asset.uploads}});
}

Json json_of(const AssetToken& token) {
  return {{"text", token.text}, {"expires_ms", token.expires.time_since_epoch().count()}};
}

std::string record_of(const AssetSession& session) {
  return dump_json({{"script", session.script},
                    {"manifest", *session.manifest},
                    {"upload", json_of(session.upload)},
                    {"completion", json_of(session.completion)}});
}

std::string record_of(const CloudDeployment& deployment) {
  return dump_json({{"document", *deployment.document}, {"rank", deployment.rank}});
}

/// `kind/worker/item`; what a key lacks is empty.
struct Key {
  std::string_view kind;
  std::string_view worker;
  std::string_view item;
};

Key split(std::string_view key) {
  std::array<std::string_view, 3> parts;
  for (auto& part : parts) {
    const auto slash = key.find('/');
    part = key.substr(0, slash);
    key = slash == std::string_view::npos ? std::string_view() : key.substr(slash + 1);
  }
  return {parts[0], parts[1], parts[2]};
}

Document shared(Json value) {
  return std::make_shared<const Json>(std::move(value));
}

CloudWorker read_worker(const Json& record) {
  CloudWorker worker;
  worker.document = shared(record.at("document"));
  worker.id = worker.document->at("id").get<std::string>();
  worker.name = worker.document->at("name").get<std::string>();
  worker.last_number = record.at("last_number").get<std::uint64_t>();
  worker.classes = record.at("classes").get<std::set<std::string>>();
  if (record.contains("migration_tag")) worker.migration_tag = record["migration_tag"];
  return worker;
}

CloudVersion read_version(const Json& record) {
  CloudVersion version;
  version.document = shared(record.at("document"));
  version.id = version.document->at("id").get<std::string>();
  version.number = version.document->at("number").get<std::uint64_t>();
  version.modules = shared(record.at("modules"));
  if (!record.at("migrations").is_null()) version.migrations = shared(record["migrations"]);
  if (!record.value("assets", Json()).is_null()) version.assets = shared(record["assets"]);
  return version;
}

CloudAsset read_asset(const Json& record) {
  return {.size = record.at("size").get<std::uint64_t>(),
          .sha256 = record.at("sha256").get<std::string>(),
          .content_type = record.at("content_type").get<std::string>(),
          .uploads = record.at("uploads").get<std::uint64_t>()};
}

AssetToken read_token(const Json& record) {
  return {.text = record.at("text").get<std::string>(),
          .expires = Instant(Millis(record.at("expires_ms").get<std::int64_t>()))};
}

AssetSession read_session(const Json& record) {
  return {.script = record.at("script").get<std::string>(),
          .manifest = shared(record.at("manifest")),
          .upload = read_token(record.at("upload")),
          .completion = read_token(record.at("completion")),
          .sizes = {},
          .missing = {}};
}

CloudDeployment read_deployment(const Json& record) {
  CloudDeployment deployment;
  deployment.document = shared(record.at("document"));
  deployment.id = deployment.document->at("id").get<std::string>();
  deployment.rank = record.at("rank").get<std::int64_t>();
  deployment.created_on =
      parse_rfc3339(deployment.document->at("created_on").get<std::string>()).value();
  for (const Json& share : deployment.document->at("versions")) {
    deployment.versions.push_back(share.at("version_id").get<std::string>());
  }
  return deployment;
}

}  // namespace

std::string Cloud::record_text(std::string_view key) const {
  const Key parts = split(key);
  if (parts.kind == "clock") return dump_json({{"ahead_ms", ahead_.count()}});
  if (parts.kind == "asset") {
    const auto found = assets_.find(parts.worker);
    return found == assets_.end() ? std::string() : record_of(found->second);
  }
  if (parts.kind == "assets-session") {
    const auto found = sessions_.find(std::string(parts.worker));
    return found == sessions_.end() ? std::string() : record_of(found->second);
  }
  const auto entry = std::ranges::find_if(
      workers_, [&parts](const auto& one) { return one.second.id == parts.worker; });
  if (entry == workers_.end()) return {};
  const CloudWorker& worker = entry->second;
  if (parts.kind == "worker") return record_of(worker);
  if (parts.kind == "version") {
    const CloudVersion* version = version_by_id(worker, std::string(parts.item));
    return version == nullptr ? std::string() : record_of(*version);
  }
  const auto found = std::ranges::find(worker.deployments, parts.item, &CloudDeployment::id);
  return found == worker.deployments.end() ? std::string() : record_of(*found);
}

std::vector<CloudRecord> Cloud::changes() const {
  std::vector<CloudRecord> records;
  for (const std::string& key : changed_) records.push_back({key, record_text(key)});
  return records;
}

void Cloud::changes_stored() {
  changed_.clear();
}

std::vector<CloudRecord> Cloud::snapshot() const {
  std::vector<CloudRecord> records = {{"clock", record_text("clock")}};
  for (const auto& [hash, asset] : assets_) records.push_back({asset_key(hash), record_of(asset)});
  for (const auto& [id, session] : sessions_) {
    records.push_back({asset_session_key(id), record_of(session)});
  }
  for (const auto& [name, worker] : workers_) {
    records.push_back({worker_key(worker), record_of(worker)});
    for (const auto& one : worker.versions) {
      records.push_back({version_key(worker, one), record_of(one)});
    }
    for (const auto& one : worker.deployments) {
      records.push_back({deployment_key(worker, one), record_of(one)});
    }
  }
  return records;
}

bool Cloud::restore_record(const CloudRecord& record) {
  const auto value = parse_json(record.text, kJsonDepth + 2);
  if (!value) return false;
  const Key key = split(record.key);
  if (key.kind == "clock") {
    ahead_ = Millis(value->at("ahead_ms").get<std::int64_t>());
    return true;
  }
  if (key.kind == "asset") {
    return assets_.emplace(key.worker, read_asset(*value)).second;
  }
  if (key.kind == "assets-session") {
    return sessions_.emplace(key.worker, read_session(*value)).second;
  }
  if (key.kind == "worker") {
    CloudWorker worker = read_worker(*value);
    return workers_.emplace(worker.name, worker).second;
  }
  CloudWorker* worker = find_worker(key.worker);
  if (worker == nullptr) return false;
  if (key.kind == "version") {
    worker->versions.push_back(read_version(*value));
    return worker->ids.emplace(worker->versions.back().id, worker->versions.back().number).second;
  }
  if (key.kind != "deployment") return false;
  worker->deployments.push_back(read_deployment(*value));
  return true;
}

std::expected<void, std::string> Cloud::restore(const std::vector<CloudRecord>& records) {
  Cloud made(rules_, now_, random_);
  const auto read = [&made](const CloudRecord& record) {
    try {
      return made.restore_record(record);
    } catch (const std::exception&) {
      return false;  // A record of a wrong shape: nlohmann's accessors and `value()` throw.
    }
  };
  // Workers first: the other records belong to one.
  for (const bool workers : {true, false}) {
    for (const CloudRecord& record : records) {
      if (record.key.starts_with("worker/") != workers || read(record)) continue;
      return std::unexpected(fmt::format("the record `{}` cannot be read", record.key));
    }
  }
  for (auto& [name, worker] : made.workers_) {
    std::ranges::sort(worker.versions, {}, &CloudVersion::number);
    std::ranges::sort(worker.deployments, std::ranges::greater{}, &CloudDeployment::rank);
  }
  for (auto& [id, session] : made.sessions_) made.look_for_missing(session);
  *this = std::move(made);
  return {};
}

}  // namespace rollout
