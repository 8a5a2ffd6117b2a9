// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/switched_api.h"

namespace rollout {

void SwitchedApi::replace(std::shared_ptr<CloudflareApi> next) {
  const std::lock_guard lock(mutex_);
  if (stopped_) next->stop();
  current_ = std::move(next);
}

void SwitchedApi::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  current_->stop();
}

std::shared_ptr<CloudflareApi> SwitchedApi::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Result<Worker> SwitchedApi::worker(const WorkerId& worker) {
  return current()->worker(worker);
}

Result<Listing> SwitchedApi::list(const WorkerId& worker) {
  return current()->list(worker);
}

Result<VersionDetail> SwitchedApi::get(const WorkerId& worker, const VersionId& version,
                                       Include include) {
  return current()->get(worker, version, include);
}

Result<Version> SwitchedApi::create(const WorkerId& worker, const Bundle& bundle,
                                    ModuleContents& contents, Deploy deploy) {
  return current()->create(worker, bundle, contents, deploy);
}

Result<Version> SwitchedApi::patch_latest(const WorkerId& worker, const JsonText& merge_patch,
                                          Deploy deploy) {
  return current()->patch_latest(worker, merge_patch, deploy);
}

Result<void> SwitchedApi::remove(const WorkerId& worker, const VersionId& version, Tick send_by) {
  return current()->remove(worker, version, send_by);
}

Result<DeploymentHistory> SwitchedApi::deployments(const WorkerId& worker) {
  return current()->deployments(worker);
}

Result<Deployment> SwitchedApi::deploy(const WorkerId& worker, const std::vector<Share>& shares,
                                       std::string_view message, Force force) {
  return current()->deploy(worker, shares, message, force);
}

}  // namespace rollout
