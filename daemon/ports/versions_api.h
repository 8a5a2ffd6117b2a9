// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/model/build.h"
#include "daemon/core/model/deployment.h"
#include "daemon/core/model/failure.h"
#include "daemon/core/model/version.h"
#include "daemon/ports/module_contents.h"

namespace rollout {

enum class Include { metadata, modules };
enum class Deploy { no, yes };
enum class Force { no, yes };

/// How far an upload of assets is; what Cloudflare had before counts as done.
struct AssetProgress {
  std::size_t files = 0, of_files = 0;  ///< Different ones.
  std::uint64_t bytes = 0, of_bytes = 0;
};

/// The assets of one version and how their bytes are read. All borrowed.
struct AssetUpload {
  const AssetSet& assets;
  /// At least one; each is used by one thread, and one connection, at a time.
  std::vector<std::unique_ptr<ModuleContents>>& readers;
  /// Called by the caller's thread, about once a second; and at the beginning and the end. False
  /// ends the upload once what is on its way is answered, with a failure.
  std::function<bool(const AssetProgress&)> progress;
};

/// Cloudflare's Versions API and what is needed beside it, for one account. Calls block; one thread
/// uses an object. Reads may be repeated freely. A write that ends in `unknown_outcome` may have
/// happened and is never repeated by the implementation.
/// Source: /accounts/{id}/workers/workers/{id}/versions and /workers/scripts/{name}/deployments.
class VersionsApi {
 public:
  virtual ~VersionsApi() = default;

  virtual Result<Worker> worker(const WorkerId& worker) = 0;

  /// When the account's token ends; none where it has no end.
  virtual Result<std::optional<Instant>> token_expiry() = 0;

  /// All pages. `invalid` where the listing is torn: totals that disagree, a version seen twice.
  virtual Result<Listing> list(const WorkerId& worker) = 0;
  virtual Result<VersionDetail> get(const WorkerId& worker, const VersionId& version,
                                    Include include) = 0;
  /// The version that was created last; none where there is none.
  virtual Result<std::optional<VersionDetail>> latest(const WorkerId& worker) = 0;
  /// Sends what Cloudflare lacks of the assets, and gives the token that `Bundle::assets_jwt`
  /// wants, which is good for an hour. May take long; creates nothing, so that a repeat is harmless
  /// and sends only what is still missing. What can be tried again has been tried again a few
  /// times.
  virtual Result<std::string> upload_assets(const WorkerId& worker, AssetUpload& upload) = 0;

  virtual Result<Version> create(const WorkerId& worker, const Bundle& bundle,
                                 ModuleContents& contents, Deploy deploy) = 0;
  /// A new version that is the latest one with a JSON Merge Patch (RFC 7396) applied.
  virtual Result<Version> patch_latest(const WorkerId& worker, const JsonText& merge_patch,
                                       Deploy deploy) = 0;
  /// `not_found` means that it is already gone. A repeat is harmless. `throttled` where the request
  /// could not be sent by `send_by`: then it was not sent, for what the caller knows is too old.
  virtual Result<void> remove(const WorkerId& worker, const VersionId& version, Tick send_by) = 0;

  virtual Result<DeploymentHistory> deployments(const WorkerId& worker) = 0;
  virtual Result<Deployment> deploy(const WorkerId& worker, const std::vector<Share>& shares,
                                    std::string_view message, Force force) = 0;
};

}  // namespace rollout
