// SPDX-License-Identifier: Apache-2.0
// The client of one lane. A reload that changes the mode puts another in its place, at once or when
// the call in flight is over, so that who only observes holds nothing that can write and what was
// sent is waited for.
#pragma once

#include <memory>
#include <mutex>

#include "daemon/adapters/cloudflare/client.h"
#include "daemon/ports/versions_api.h"

namespace rollout {

/// The calls come from the lane; `replace`, `stop` and `current` from any thread.
class SwitchedApi final : public VersionsApi {
 public:
  explicit SwitchedApi(std::shared_ptr<CloudflareApi> first) : current_(std::move(first)) {}

  void replace(std::shared_ptr<CloudflareApi> next);
  /// Of the client that the next call will use.
  void replace_token(const Secret& token);
  void stop();
  std::shared_ptr<CloudflareApi> current() const;

  Result<Worker> worker(const WorkerId& worker) override;
  Result<std::optional<Instant>> token_expiry() override;
  Result<Listing> list(const WorkerId& worker) override;
  Result<VersionDetail> get(const WorkerId& worker, const VersionId& version,
                            Include include) override;
  Result<std::optional<VersionDetail>> latest(const WorkerId& worker) override;
  Result<std::string> upload_assets(const WorkerId& worker, AssetUpload& upload) override;
  Result<Version> create(const WorkerId& worker, const Bundle& bundle, ModuleContents& contents,
                         Deploy deploy) override;
  Result<Version> patch_latest(const WorkerId& worker, const JsonText& merge_patch,
                               Deploy deploy) override;
  Result<void> remove(const WorkerId& worker, const VersionId& version, Tick send_by) override;
  Result<DeploymentHistory> deployments(const WorkerId& worker) override;
  Result<Deployment> deploy(const WorkerId& worker, const std::vector<Share>& shares,
                            std::string_view message, Force force) override;

 private:
  /// One call: `current_` stays for as long.
  class Use;

  mutable std::mutex mutex_;  // Everything below.
  std::shared_ptr<CloudflareApi> current_;
  std::shared_ptr<CloudflareApi> next_;  ///< Waits for the end of the call in flight.
  bool in_use_ = false;
  bool stopped_ = false;
};

}  // namespace rollout
