// SPDX-License-Identifier: Apache-2.0
// The upload of static assets as the API writes it. Pure.
// Source: POST /accounts/{id}/workers/scripts/{name}/assets-upload-session and
// /accounts/{id}/workers/assets/upload (OpenAPI description; wrangler 4, `syncAssets`).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/adapters/cloudflare/request_body.h"
#include "daemon/adapters/cloudflare/wire_version.h"
#include "daemon/core/model/build.h"
#include "daemon/ports/module_contents.h"

namespace rollout {

/// How a session wants its files: a bucket in one request, or each file alone.
enum class UploadMode { bulk, single };

struct UploadSession {
  std::string token;  ///< Where nothing is missing, the one that a create redeems.
  std::vector<std::vector<std::string>> buckets;  ///< Hashes of what is missing.
  UploadMode mode = UploadMode::bulk;
};

/// `{"manifest":{"/index.html":{"hash":...,"size":...}}}`
std::string manifest_to_text(const AssetSet& assets);

Wire<UploadSession> session_from_json(const Json& result);

/// The token that the last missing file brings; none before. `result` is null where there is none.
Wire<std::optional<std::string>> completion_from_json(const Json* result);

/// The bytes of one request, multipart or plain. All that it is given must outlive it.
class AssetBody {
 public:
  AssetBody(UploadMode mode, std::vector<const Asset*> files, ModuleContents& contents);

  const std::string& content_type() const { return content_type_; }
  /// Exact, for `Content-Length`.
  std::uint64_t size() const { return size_; }
  /// As `CreateBody::write`.
  Result<void> write(const BodySink& sink);

 private:
  Result<void> write_parts(const BodySink& sink);

  UploadMode mode_;
  std::vector<const Asset*> files_;
  ModuleContents& contents_;
  std::string content_type_;
  std::vector<std::string> openers_;  ///< Of each part.
  std::uint64_t size_ = 0;
};

}  // namespace rollout
