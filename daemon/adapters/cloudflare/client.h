// SPDX-License-Identifier: Apache-2.0
// The Versions API over HTTPS.
#pragma once

#include <map>
#include <memory>

#include "daemon/adapters/cloudflare/asset_uploader.h"
#include "daemon/adapters/cloudflare/caller.h"
#include "daemon/adapters/cloudflare/meter.h"
#include "daemon/ports/versions_api.h"

namespace rollout {

/// Talks to one account. Waits for its own rate budget within each call. A GET uses a kept
/// connection, everything else a fresh one; nothing is ever sent twice.
class CloudflareApi final : public VersionsApi {
 public:
  struct Options {
    AccountId account;
    std::string api = "https://api.cloudflare.com/client/v4";
    BudgetConfig budget;
    std::shared_ptr<Meter> meter;  ///< Shared with the account's other clients; null: its own.
    Millis timeout = std::chrono::seconds(30);        ///< Of one read.
    Millis write_timeout = std::chrono::seconds(60);  ///< And one second for each MiB of body.
    Access access = Access::read_only;
    std::string ca_file;  ///< PEM; empty: the system's store.
    std::string proxy;    ///< As in HTTPS_PROXY; empty: none. Never used for loopback.
    std::string version;  ///< For `User-Agent`.
    std::uint64_t max_answer = 32U << 20U;  ///< Bytes; more where modules are asked for.
  };

  /// `local` where an option cannot be used; the clock must outlive the object.
  static Result<std::unique_ptr<CloudflareApi>> make(Options options, Secret token, Clock& clock);

  Result<Worker> worker(const WorkerId& worker) override;
  /// A user's token is asked for first, then one of the account's own.
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

  // From any thread.

  /// For the calls that begin after it.
  void replace_token(Secret token) { caller_.replace_token(std::move(token)); }
  /// Ends waits, reads and uploads at once and a delete after a moment; a create whose body has
  /// begun goes on to its deadline. Nothing is sent any more.
  void stop() {
    caller_.stop();
    uploader_.stop();
  }
  /// When the call in flight, its wait included, is over at the latest. That of an upload, which is
  /// many calls, moves with it.
  std::optional<Tick> deadline() const;
  Traffic traffic() const { return caller_.traffic(); }

 private:
  CloudflareApi(Options options, const HttpExchange::Options& exchange, Secret token, Clock& clock);

  std::string path_of(const WorkerId& worker) const;
  ApiCall a_read(std::string_view op, std::string target, std::string during) const;
  ApiCall a_write(std::string_view op, std::string target, std::string during,
                  const HttpBody& body) const;
  Result<std::optional<Instant>> verify_token(std::string target);
  Result<std::string> script_name(const WorkerId& worker);
  Result<Version> make_version(ApiCall call);
  AssetUploader::Options uploader_options(HttpExchange::Options exchange) const;
  Result<UploadSession> open_asset_session(const std::string& script, const std::string& during,
                                           const HttpBody& manifest);

  Options options_;
  Caller caller_;
  AssetUploader uploader_;
  std::map<WorkerId, std::string> names_;  ///< By id, until the next listing.
};

}  // namespace rollout
