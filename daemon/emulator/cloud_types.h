// SPDX-License-Identifier: Apache-2.0
// The values of the pretended cloud: its switches, its questions and answers, and what it keeps.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/codec/json.h"
#include "daemon/core/model/instant.h"

namespace rollout {

enum class DeleteDeployed { refuse, allow };
enum class ListOrder { newest, oldest, by_id };
enum class UnresolvedInherit { reject, drop };
enum class UnknownAnnotations { keep, drop };
enum class ClassRule { off, on };
enum class AssetUploads { bulk, single };
enum class AssetEncoding { base64, raw };

/// What nobody knows about the real service. README.md of this folder explains each.
struct CloudRules {
  DeleteDeployed delete_deployed = DeleteDeployed::refuse;
  ListOrder list_order = ListOrder::newest;
  UnresolvedInherit unresolved_inherit = UnresolvedInherit::reject;
  UnknownAnnotations unknown_annotations = UnknownAnnotations::keep;
  ClassRule class_rule = ClassRule::off;
  AssetUploads asset_uploads = AssetUploads::bulk;
  std::uint64_t asset_bucket = std::uint64_t{50} << 20;  ///< Bytes of the files of one bucket.
};

using Document = std::shared_ptr<const Json>;

struct PageQuery {
  std::int64_t page = 1;
  std::int64_t per_page = 10;  ///< 1 to 100.
};

/// One page and what its `result_info` says.
struct DocumentPage {
  std::vector<Document> items;
  PageQuery query;
  std::size_t total_count = 0;
};

struct WorkerOrder {
  std::string by = "deployed_on";  ///< Or `updated_on`, `created_on`, `name`.
  std::string order = "desc";      ///< Or `asc`.
};

struct VersionOptions {
  bool deploy = false;         ///< Also make a deployment with 100 % on the new version.
  std::string source = "api";  ///< The client's name, as `source` shows it.
};

/// A checked request for a version: what will be stored, apart from what the server adds.
struct VersionParts {
  Document fields;      ///< What `list` shows of it, bindings and annotations included.
  Document modules;     ///< An array.
  Document assets;      ///< A manifest; null unless there are some; never shown.
  Document migrations;  ///< Null unless there are some; never shown.
};

struct VersionStamp {
  std::string id;
  std::uint64_t number = 0;
  Instant created_on;
  std::string source;
};

struct CloudVersion {
  std::uint64_t number = 0;
  std::string id;
  Document document;
  Document modules;
  Document migrations;
  Document assets;
};

struct CloudDeployment {
  std::string id;
  std::int64_t rank = 0;  ///< Higher is newer; the clock may have gone back meanwhile.
  Instant created_on;
  std::vector<std::string> versions;  ///< Ids.
  Document document;
};

struct CloudWorker {
  std::string id;
  std::string name;
  Document document;
  std::uint64_t last_number = 0;             ///< Given to a version; never goes back.
  std::vector<CloudVersion> versions;        ///< By number, lowest first.
  std::map<std::string, std::uint64_t> ids;  ///< Version id -> number.
  std::vector<CloudDeployment> deployments;  ///< Newest first.
  std::set<std::string> classes;             ///< Durable Objects whose migration is deployed.
  std::optional<std::string> migration_tag;  ///< Of the last deployed migration.
};

/// A file that the account has: its bytes are counted and hashed, not kept.
struct CloudAsset {
  std::uint64_t size = 0;
  std::string sha256;
  std::string content_type;
  std::uint64_t uploads = 0;  ///< How often its bytes were taken.
};

/// One file of an upload. `content` is as it was sent.
struct AssetPart {
  std::string hash;
  std::string content_type;
  std::string content;
};

/// A secret text and when it ends.
struct AssetToken {
  std::string text;  ///< Empty: not given out.
  Instant expires{};
};

struct AssetSession {
  std::string script;
  Document manifest;  ///< `{"/path": {hash, size}}`.
  AssetToken upload;
  AssetToken completion;
  // Follow from the manifest and the files that the account has.
  std::map<std::string, std::uint64_t> sizes;  ///< By hash.
  std::set<std::string> missing;               ///< Hashes.
};

/// One row of a store.
struct CloudRecord {
  std::string key;
  std::string text;  ///< JSON.
};

}  // namespace rollout
