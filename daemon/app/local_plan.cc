// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/local_plan.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/disk/disk_build_source.h"
#include "daemon/adapters/sqlite/sqlite_journal.h"
#include "daemon/adapters/system/system_clock.h"
#include "daemon/adapters/system/system_random.h"
#include "daemon/adapters/system/trigger_queue.h"
#include "daemon/adapters/yaml/yaml_policy_source.h"
#include "daemon/app/account_access.h"
#include "daemon/codec/report/report_plan.h"
#include "daemon/codec/report/report_version.h"
#include "daemon/engine/reconciler.h"

namespace rollout {
namespace {

/// A preview tells no story.
class NoEvents final : public EventSink {
 public:
  void emit(const Event& /*event*/) override {}
};

/// What all previews share.
struct Bench {
  SystemClock clock;
  SystemRandom random;
  DiskBuildSource builds{clock};
  TriggerQueue triggers;
  NoEvents events;
  YamlPolicySource policies{""};  ///< A journal that was just made knows no former policy.
};

/// The client of one plan, with the listing that was read before it.
class ListedBefore final : public VersionsApi {
 public:
  ListedBefore(VersionsApi& api, Listing listing) : api_(api), listing_(std::move(listing)) {}

  Result<Listing> list(const WorkerId& /*worker*/) override { return listing_; }
  Result<Worker> worker(const WorkerId& worker) override { return api_.worker(worker); }
  Result<VersionDetail> get(const WorkerId& worker, const VersionId& version,
                            Include include) override {
    return api_.get(worker, version, include);
  }
  Result<std::string> upload_assets(const WorkerId& worker, AssetUpload& upload) override {
    return api_.upload_assets(worker, upload);
  }
  Result<Version> create(const WorkerId& worker, const Bundle& bundle, ModuleContents& contents,
                         Deploy deploy) override {
    return api_.create(worker, bundle, contents, deploy);
  }
  Result<Version> patch_latest(const WorkerId& worker, const JsonText& merge_patch,
                               Deploy deploy) override {
    return api_.patch_latest(worker, merge_patch, deploy);
  }
  Result<void> remove(const WorkerId& worker, const VersionId& version, Tick send_by) override {
    return api_.remove(worker, version, send_by);
  }
  Result<std::optional<VersionDetail>> latest(const WorkerId& worker) override {
    return api_.latest(worker);
  }
  Result<DeploymentHistory> deployments(const WorkerId& worker) override {
    return api_.deployments(worker);
  }
  Result<std::optional<Instant>> token_expiry() override { return api_.token_expiry(); }
  Result<Deployment> deploy(const WorkerId& worker, const std::vector<Share>& shares,
                            std::string_view message, Force force) override {
    return api_.deploy(worker, shares, message, force);
  }

 private:
  VersionsApi& api_;
  Listing listing_;
};

/// Without a daemon nobody has seen a version before; its own date stands for the first sight.
Memory known_of_old(const Listing& listing) {
  Memory memory;
  for (const Version& version : listing.versions)
    if (version.created_on) memory.versions[version.id].first_seen = *version.created_on;
  return memory;
}

OrExit<Json> plan_one(const Config& config, const WorkerConfig& worker, Bench& bench,
                      Session& session) {
  session.console().progress(fmt::format("reading {}", worker.id.text()));
  const AccountConfig& account = account_of(config, worker);
  TRY_ASSIGN(const auto api, open_account(account, Writes::dry_run, bench.clock, session));
  TRY_ASSIGN(const auto journal, session.check(SqliteJournal::open({.path = ":memory:"})));
  TRY_ASSIGN(Listing listing, session.check(api->list(worker.id)));
  TRY(session.check(journal->keep(worker.id, known_of_old(listing))));
  ListedBefore listed(*api, std::move(listing));
  const Ports ports{.clock = bench.clock,
                    .random = bench.random,
                    .api = listed,
                    .builds = bench.builds,
                    .journal = *journal,
                    .triggers = bench.triggers,
                    .events = bench.events,
                    .policies = bench.policies};
  Caution caution;
  Reconciler reconciler(ports, caution);
  TRY_ASSIGN(const PlanReport report,
             session.check(reconciler.preview(
                 {.config = &config, .account = &account, .worker = &worker}, Course{})));
  return plan_report_to_json(report);
}

}  // namespace

OrExit<int> plan_locally(const std::vector<std::string>& workers, Session& session, Json& data) {
  TRY_ASSIGN(const Config config, session.config());
  std::vector<const WorkerConfig*> wanted;
  for (const std::string& name : workers) {
    TRY_ASSIGN(const WorkerConfig* worker, session.worker(config, name));
    wanted.push_back(worker);
  }
  if (workers.empty())
    for (const WorkerConfig& worker : config.workers) wanted.push_back(&worker);
  Bench bench;
  data = report_frame();
  data["plans"] = Json::array();
  for (const WorkerConfig* worker : wanted) {
    TRY_ASSIGN(Json plan, plan_one(config, *worker, bench, session));
    data["plans"].push_back(std::move(plan));
  }
  session.console().say(
      "0 writes were sent. Without the daemon: its pins, suspensions and grace periods are not "
      "known here");
  return kExitOk;
}

}  // namespace rollout
