// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/switched_api.h"

namespace rollout {

class SwitchedApi::Use {
 public:
  explicit Use(SwitchedApi& api) : api_(api) {
    const std::lock_guard lock(api_.mutex_);
    api_.in_use_ = true;
    client_ = api_.current_;
  }
  ~Use() {
    const std::lock_guard lock(api_.mutex_);
    api_.in_use_ = false;
    if (api_.next_ != nullptr) api_.current_ = std::move(api_.next_);
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  CloudflareApi* operator->() const { return client_.get(); }

 private:
  SwitchedApi& api_;
  std::shared_ptr<CloudflareApi> client_;
};

void SwitchedApi::replace(std::shared_ptr<CloudflareApi> next) {
  const std::lock_guard lock(mutex_);
  if (stopped_) next->stop();
  (in_use_ ? next_ : current_) = std::move(next);
}

void SwitchedApi::replace_token(const Secret& token) {
  const std::lock_guard lock(mutex_);
  (next_ != nullptr ? next_ : current_)->replace_token(Secret(token.reveal()));
}

void SwitchedApi::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  current_->stop();
  if (next_ != nullptr) next_->stop();
}

std::shared_ptr<CloudflareApi> SwitchedApi::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Result<Worker> SwitchedApi::worker(const WorkerId& worker) {
  return Use(*this)->worker(worker);
}

Result<std::optional<Instant>> SwitchedApi::token_expiry() {
  return Use(*this)->token_expiry();
}

Result<Listing> SwitchedApi::list(const WorkerId& worker) {
  return Use(*this)->list(worker);
}

Result<VersionDetail> SwitchedApi::get(const WorkerId& worker, const VersionId& version,
                                       Include include) {
  return Use(*this)->get(worker, version, include);
}

Result<std::optional<VersionDetail>> SwitchedApi::latest(const WorkerId& worker) {
  return Use(*this)->latest(worker);
}

Result<std::string> SwitchedApi::upload_assets(const WorkerId& worker, AssetUpload& upload) {
  return Use(*this)->upload_assets(worker, upload);
}

Result<Version> SwitchedApi::create(const WorkerId& worker, const Bundle& bundle,
                                    ModuleContents& contents, Deploy deploy) {
  return Use(*this)->create(worker, bundle, contents, deploy);
}

Result<Version> SwitchedApi::patch_latest(const WorkerId& worker, const JsonText& merge_patch,
                                          Deploy deploy) {
  return Use(*this)->patch_latest(worker, merge_patch, deploy);
}

Result<void> SwitchedApi::remove(const WorkerId& worker, const VersionId& version, Tick send_by) {
  return Use(*this)->remove(worker, version, send_by);
}

Result<DeploymentHistory> SwitchedApi::deployments(const WorkerId& worker) {
  return Use(*this)->deployments(worker);
}

Result<Deployment> SwitchedApi::deploy(const WorkerId& worker, const std::vector<Share>& shares,
                                       std::string_view message, Force force) {
  return Use(*this)->deploy(worker, shares, message, force);
}

}  // namespace rollout
