// SPDX-License-Identifier: Apache-2.0
// Static assets: a manifest opens a session, the session's token takes the files that the account
// lacks, and the token that the last of them brings is redeemed by a create.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/codec/base64.h"
#include "daemon/codec/sha256.h"
#include "daemon/core/model/failure.h"
#include "daemon/emulator/cloud.h"
#include "daemon/emulator/cloud_parts.h"

namespace rollout {
namespace {

constexpr Millis kTokenLife = std::chrono::hours(1);
constexpr std::size_t kHashDigits = 32;
constexpr std::int64_t kFileBytes = std::int64_t{25} << 20;
constexpr std::size_t kFiles = 100'000;
constexpr std::size_t kBucketFiles = 1000;

std::unexpected<ApiError> invalid(std::string message, std::string pointer) {
  return refuse(ApiCode::validation, std::move(message), std::move(pointer));
}

/// RFC 6901.
std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~' || c == '/') {
      out += c == '~' ? "~0" : "~1";
    } else {
      out += c;
    }
  }
  return out;
}

ApiResult<Document> read_manifest(const Json& body) {
  const Json* manifest = find_member(body, "manifest");
  if (manifest == nullptr || !manifest->is_object()) {
    return invalid("manifest must be an object.", "/manifest");
  }
  if (manifest->size() > kFiles) return invalid("There are too many assets.", "/manifest");
  Json out = Json::object();
  for (const auto& [path, entry] : manifest->items()) {
    const std::string pointer = "/manifest/" + escaped(path);
    if (!path.starts_with('/')) return invalid("A path must start with `/`.", pointer);
    const auto hash = string_member(entry, "hash");
    const auto size = integer_member(entry, "size");
    const bool hex = hash && *hash && (*hash)->size() == kHashDigits &&
                     (*hash)->find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!hex) return invalid("A hash must be 32 hexadecimal digits.", pointer + "/hash");
    if (!size || !*size || **size < 0) return invalid("A size is missing.", pointer + "/size");
    if (**size > kFileBytes) return invalid("An asset is larger than 25 MiB.", pointer + "/size");
    out[path] = {{"hash", **hash}, {"size", **size}};
  }
  return std::make_shared<const Json>(std::move(out));
}

/// A JSON Web Token in form; what stands for the signature is random.
std::string web_token(const Json& payload, const std::string& secret) {
  const auto part = [](std::string_view text) {
    std::string out = encode_base64(text);
    std::ranges::replace(out, '+', '-');
    std::ranges::replace(out, '/', '_');
    out.erase(std::min(out.find('='), out.size()));
    return out;
  };
  return fmt::format("{}.{}.{}", part(R"({"alg":"HS256","typ":"JWT"})"), part(dump_json(payload)),
                     part(secret));
}

std::int64_t seconds(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant.time_since_epoch()).count();
}

bool is_open(const AssetToken& token, Instant now) {
  return !token.text.empty() && now < token.expires;
}

/// What is wrong with one file, or its bytes.
ApiResult<std::string> content_of(const AssetPart& part, AssetEncoding encoding,
                                  const AssetSession& session) {
  const auto size = session.sizes.find(part.hash);
  if (size == session.sizes.end())
    return invalid(fmt::format("No file has the hash `{}`.", part.hash), "");
  auto content =
      encoding == AssetEncoding::raw ? std::optional(part.content) : decode_base64(part.content);
  if (!content) return invalid(fmt::format("The file `{}` is no base64.", part.hash), "");
  if (content->size() != size->second) {
    return invalid(fmt::format("The file `{}` has {} bytes, and the manifest says {}.", part.hash,
                               content->size(), size->second),
                   "");
  }
  return std::move(*content);
}

}  // namespace

AssetToken Cloud::asset_token(const std::string& session) {
  const Instant issued = now();
  Json payload = {
      {"sid", session}, {"iat", seconds(issued)}, {"exp", seconds(issued + kTokenLife)}};
  if (rules_.asset_uploads == AssetUploads::single) payload["wrangler_single_asset_uploads"] = true;
  return {.text = web_token(payload, hex_id()), .expires = issued + kTokenLife};
}

void Cloud::look_for_missing(AssetSession& session) const {
  for (const auto& [path, entry] : session.manifest->items()) {
    const auto& hash = entry["hash"].get_ref<const std::string&>();
    session.sizes[hash] = entry["size"].get<std::uint64_t>();
    if (!assets_.contains(hash)) session.missing.insert(hash);
  }
}

ApiResult<Document> Cloud::open_asset_session(std::string_view script, const Json& body) {
  TRY_ASSIGN(const CloudWorker* worker, need_script(script));
  TRY_ASSIGN(Document manifest, read_manifest(body));
  for (const auto& [id, one] : sessions_) {
    if (!is_open(one.upload, now()) && !is_open(one.completion, now())) {
      changed_.insert(asset_session_key(id));
    }
  }
  std::erase_if(sessions_, [this](const auto& entry) {
    return changed_.contains(asset_session_key(entry.first)) &&
           !is_open(entry.second.upload, now()) && !is_open(entry.second.completion, now());
  });
  const std::string id = hex_id();
  AssetSession session{.script = worker->name,
                       .manifest = std::move(manifest),
                       .upload = {},
                       .completion = {},
                       .sizes = {},
                       .missing = {}};
  look_for_missing(session);
  const AssetToken token = asset_token(id);
  Json buckets = Json::array();
  std::uint64_t bytes = 0;
  for (const std::string& hash : session.missing) {
    const std::uint64_t size = session.sizes[hash];
    if (buckets.empty() || bytes + size > rules_.asset_bucket ||
        buckets.back().size() == kBucketFiles) {
      buckets.push_back(Json::array());
      bytes = 0;
    }
    buckets.back().push_back(hash);
    bytes += size;
  }
  (buckets.empty() ? session.completion : session.upload) = token;
  sessions_.emplace(id, std::move(session));
  changed_.insert(asset_session_key(id));
  return std::make_shared<const Json>(Json{{"jwt", token.text}, {"buckets", std::move(buckets)}});
}

ApiResult<Document> Cloud::upload_assets(std::string_view token,
                                         const std::vector<AssetPart>& parts,
                                         AssetEncoding encoding) {
  const auto found = std::ranges::find_if(sessions_, [&](const auto& entry) {
    return is_open(entry.second.upload, now()) && entry.second.upload.text == token;
  });
  if (found == sessions_.end()) {
    return refuse(ApiCode::asset_token, "The token of the upload session is unknown or expired.");
  }
  auto& [id, session] = *found;
  if (parts.empty()) return invalid("There is no file in the request.", "");
  // All of a request or nothing.
  std::vector<CloudAsset> taken;
  for (const AssetPart& part : parts) {
    TRY_ASSIGN(const std::string content, content_of(part, encoding, session));
    taken.push_back({.size = content.size(),
                     .sha256 = sha256(content).hex(),
                     .content_type = part.content_type,
                     .uploads = 1});
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto known = assets_.find(parts[i].hash);
    if (known != assets_.end()) taken[i].uploads += known->second.uploads;
    assets_[parts[i].hash] = std::move(taken[i]);
    changed_.insert(asset_key(parts[i].hash));
    for (auto& [other, one] : sessions_) one.missing.erase(parts[i].hash);
  }
  if (!session.missing.empty()) return std::make_shared<const Json>(Json::object());
  if (!is_open(session.completion, now())) session.completion = asset_token(id);
  changed_.insert(asset_session_key(id));
  return std::make_shared<const Json>(Json{{"jwt", session.completion.text}});
}

ApiResult<Document> Cloud::redeem_assets(const CloudWorker& worker, const Json& body) const {
  const Json* assets = find_member(body, "assets");
  const Json* jwt = assets == nullptr ? nullptr : find_member(*assets, "jwt");
  if (jwt == nullptr || jwt->is_null()) return Document();
  const auto found = std::ranges::find_if(sessions_, [&](const auto& entry) {
    const AssetSession& session = entry.second;
    return session.script == worker.name && is_open(session.completion, now()) &&
           *jwt == session.completion.text;
  });
  if (found != sessions_.end()) return found->second.manifest;
  return invalid("assets.jwt is no completion token of this Worker, or it has expired.",
                 "/assets/jwt");
}

Json Cloud::assets() const {
  Json files = Json::object();
  for (const auto& [hash, asset] : assets_) {
    files[hash] = {{"size", asset.size},
                   {"sha256", asset.sha256},
                   {"content_type", asset.content_type},
                   {"uploads", asset.uploads}};
  }
  Json versions = Json::object();
  for (const auto& [name, worker] : workers_) {
    for (const CloudVersion& version : worker.versions) {
      if (version.assets) versions[version.id] = *version.assets;
    }
  }
  return {{"files", std::move(files)}, {"versions", std::move(versions)}};
}

}  // namespace rollout
