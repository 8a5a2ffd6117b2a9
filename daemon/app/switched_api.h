// SPDX-License-Identifier: Apache-2.0
// The client of one lane. A reload that changes the mode puts another in its place between two
// calls, so that who only observes holds nothing that can write.
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
  void stop();
  std::shared_ptr<CloudflareApi> current() const;

  Result<Worker> worker(const WorkerId& worker) override;
  Result<Listing> list(const WorkerId& worker) override;
  Result<VersionDetail> get(const WorkerId& worker, const VersionId& version,
                            Include include) override;
  Result<Version> create(const WorkerId& worker, const Bundle& bundle, ModuleContents& contents,
                         Deploy deploy) override;
  Result<Version> patch_latest(const WorkerId& worker, const JsonText& merge_patch,
                               Deploy deploy) override;
  Result<void> remove(const WorkerId& worker, const VersionId& version, Tick send_by) override;
  Result<DeploymentHistory> deployments(const WorkerId& worker) override;
  Result<Deployment> deploy(const WorkerId& worker, const std::vector<Share>& shares,
                            std::string_view message, Force force) override;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<CloudflareApi> current_;  ///< Guarded by `mutex_`, as the next one.
  bool stopped_ = false;
};

}  // namespace rollout
