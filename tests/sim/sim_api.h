// SPDX-License-Identifier: Apache-2.0
// The service as the process sees it: calls take time, in which the world goes on, and fail in
// every way that a network and a service know.
#pragma once

#include "daemon/core/plan/rate_budget.h"
#include "daemon/ports/versions_api.h"
#include "tests/sim/sim_ports.h"

namespace rollout {

class SimApi final : public VersionsApi {
 public:
  struct Stage {
    World& world;
    const Setup& setup;
    const Weather& weather;
    SimCloud& cloud;
    Checker& checker;
    SimJournal& journal;
  };
  explicit SimApi(Stage stage) : stage_(stage), budget_({}, stage.world.tick()) {}

  Result<Worker> worker(const WorkerId& worker) override;
  /// It is always about to end, and never does.
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
  /// One POST on the wire.
  struct Post {
    WorkerId worker;
    BundleDigest digest;
    Annotations annotations;
    Tick deadline{};  ///< Counted from when it is sent, not from when it waits for its turn.
  };
  Result<void> wait_for_budget(Priority priority, Tick send_by);
  void let_time_pass(Millis low, Millis high);
  Result<void> read_succeeds(const char* during);
  /// The same for a read on which deletes rest.
  Result<void> basis_is_read(const WorkerId& worker, const char* during);
  std::optional<Failure> turned_away(const char* during);
  Result<Version> send(const Post& post);
  Version take_effect(const Post& post);
  void make_elsewhere(const Post& post);
  /// Within T_max of the deadline.
  void take_effect_later(const Post& post, Tick deadline);
  bool happens(std::uint32_t one_in);

  Stage stage_;
  RateBudget budget_;
};

}  // namespace rollout
