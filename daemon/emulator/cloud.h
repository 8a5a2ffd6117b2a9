// SPDX-License-Identifier: Apache-2.0
// The rules of the Versions API for one account: what exists, what may be done, what is answered.
// No sockets, no files, no clock of its own; the HTTP front and the simulator call the same object.
//
// Terms: a *document* is a value as the API answers it (a Worker, a version, a deployment); a
// *record* is what must be kept to make the cloud again after a restart.
// Usual flow: construct, maybe `restore` or `seed`, then calls; after each one `changes` is stored.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/emulator/api_error.h"
#include "daemon/emulator/cloud_types.h"

namespace rollout {

/// One thread at a time. Answers share their documents, which never change once given out.
class Cloud {
 public:
  Cloud(CloudRules rules, std::function<Instant()> now, std::function<std::uint64_t()> random);

  Instant now() const;
  /// Moves the cloud's time ahead of the clock it was given.
  void advance(Millis by);
  /// Makes Workers with versions and deployments of the past (formats.md, "Emulator seed"). All of
  /// it or nothing; the error is a sentence.
  std::expected<void, std::string> seed(const Json& seed);
  /// An empty account again, on the clock that it was given.
  void reset();

  // Workers: /workers/workers. `worker` is a name or an id.
  ApiResult<DocumentPage> workers(const PageQuery& query, const WorkerOrder& order) const;
  ApiResult<Document> create_worker(const Json& body);
  ApiResult<Document> worker(std::string_view worker) const;
  ApiResult<void> delete_worker(std::string_view worker);

  // Versions: /workers/workers/{worker}/versions. `version` is a full id, a prefix of at least 8
  // digits, or `latest`.
  ApiResult<DocumentPage> versions(std::string_view worker, const PageQuery& query) const;
  ApiResult<Document> version(std::string_view worker, std::string_view version) const;
  ApiResult<Document> version_with_modules(std::string_view worker, std::string_view version) const;
  ApiResult<Document> create_version(std::string_view worker, const Json& body,
                                     const VersionOptions& options);
  /// `body` is a JSON Merge Patch (RFC 7396) on the newest version, and may hold `env`, a map of
  /// bindings by name in which null deletes.
  ApiResult<Document> patch_latest(std::string_view worker, const Json& body,
                                   const VersionOptions& options);
  ApiResult<void> delete_version(std::string_view worker, std::string_view version);

  // Deployments: /workers/scripts/{script}/deployments. `script` is a name.
  ApiResult<std::vector<Document>> deployments(std::string_view script) const;
  ApiResult<Document> deployment(std::string_view script, std::string_view deployment) const;
  ApiResult<Document> create_deployment(std::string_view script, const Json& body);
  ApiResult<void> delete_deployment(std::string_view script, std::string_view deployment);

  // Static assets: /workers/scripts/{script}/assets-upload-session and /workers/assets/upload.
  // A token is the one of the session; `encoded` says whether the content is base64.

  /// `{jwt, buckets}`: the files that the account lacks, or none and a completion token.
  ApiResult<Document> open_asset_session(std::string_view script, const Json& body);
  /// `{jwt}` once nothing is missing any more, until then `{}`.
  ApiResult<Document> upload_assets(std::string_view token, const std::vector<AssetPart>& parts,
                                    AssetEncoding encoding);
  /// All files by hash, and the manifests of versions by id: for who tests.
  Json assets() const;

  /// What changed since `changes_stored`, in one consistent state. An empty text: it is gone.
  std::vector<CloudRecord> changes() const;
  void changes_stored();
  std::vector<CloudRecord> snapshot() const;
  /// Replaces everything by what `snapshot` gave. The error is a sentence.
  std::expected<void, std::string> restore(const std::vector<CloudRecord>& records);

 private:
  CloudWorker* find_worker(std::string_view worker);
  const CloudWorker* find_worker(std::string_view worker) const;
  ApiResult<CloudWorker*> need_worker(std::string_view worker);
  ApiResult<const CloudWorker*> need_worker(std::string_view worker) const;
  ApiResult<CloudWorker*> need_script(std::string_view script);
  ApiResult<const CloudWorker*> need_script(std::string_view script) const;
  ApiResult<Document> publish(CloudWorker& worker, VersionParts parts, const Json& bindings,
                              const VersionOptions& options);
  CloudVersion& add_version(CloudWorker& worker, const VersionParts& parts, VersionStamp stamp);
  CloudDeployment& add_deployment(CloudWorker& worker, Json document, Instant created_on);
  void apply_migrations_of(CloudWorker& worker, const CloudDeployment& deployment);
  ApiResult<void> check_classes(const CloudWorker& worker, const VersionParts& parts,
                                const VersionOptions& options) const;
  ApiResult<Json> resolve_inherited(const CloudWorker& worker, const Json& bindings) const;
  std::expected<void, std::string> seed_worker(const Json& entry);
  std::expected<void, std::string> seed_version(CloudWorker& worker, const Json& entry);
  std::expected<void, std::string> seed_deployment(CloudWorker& worker, const Json& entry);
  ApiResult<Document> redeem_assets(const CloudWorker& worker, const Json& body) const;
  void look_for_missing(AssetSession& session) const;
  AssetToken asset_token(const std::string& session);
  std::string record_text(std::string_view key) const;
  bool restore_record(const CloudRecord& record);
  void changed(const CloudWorker& worker);
  std::string uuid();
  std::string hex_id();

  CloudRules rules_;
  std::function<Instant()> now_;
  std::function<std::uint64_t()> random_;
  Millis ahead_{0};
  std::map<std::string, CloudWorker, std::less<>> workers_;  ///< By name.
  std::map<std::string, CloudAsset, std::less<>> assets_;    ///< By hash.
  std::map<std::string, AssetSession> sessions_;             ///< By id.
  std::set<std::string> changed_;                            ///< Keys of records.
};

}  // namespace rollout
