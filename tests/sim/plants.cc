// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/plants.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace rollout {
namespace {

class PlantedApi final : public VersionsApi {
 public:
  PlantedApi(Plant plant, VersionsApi& real) : plant_(plant), real_(real) {}

  Result<Worker> worker(const WorkerId& worker) override { return real_.worker(worker); }
  Result<std::optional<Instant>> token_expiry() override { return real_.token_expiry(); }
  Result<Listing> list(const WorkerId& worker) override {
    if (plant_ == Plant::list_once) {
      if (const auto first = listed_.extract(worker)) return first.mapped();
    }
    TRY_ASSIGN(Listing listing, real_.list(worker));
    if (plant_ == Plant::list_once) listed_.emplace(worker, listing);
    auto& versions = listing.versions;
    if (!versions.empty()) {
      newest_ = std::ranges::max_element(versions, {}, &Version::number)->id;
    }
    constexpr std::size_t kPage = 5;
    if (plant_ == Plant::first_page_only && versions.size() > kPage) {
      versions.erase(versions.begin() + kPage, versions.end());
    }
    if (plant_ == Plant::sort_reversed && !versions.empty()) {
      const std::uint64_t ends = versions.front().number + versions.back().number;
      for (Version& version : versions) version.number = ends - version.number;
      std::reverse(versions.begin(), versions.end());
    }
    return listing;
  }
  Result<VersionDetail> get(const WorkerId& worker, const VersionId& version,
                            Include include) override {
    return real_.get(worker, version, include);
  }
  Result<std::optional<VersionDetail>> latest(const WorkerId& worker) override {
    return real_.latest(worker);
  }
  Result<std::string> upload_assets(const WorkerId& worker, AssetUpload& upload) override {
    return real_.upload_assets(worker, upload);
  }
  Result<Version> create(const WorkerId& worker, const Bundle& bundle, ModuleContents& contents,
                         Deploy deploy) override {
    auto made = real_.create(worker, bundle, contents, deploy);
    const bool lost = !made && made.error().kind == FailureKind::unknown_outcome;
    if (!lost || plant_ != Plant::blind_retry) return made;
    return real_.create(worker, bundle, contents, deploy);
  }
  Result<Version> patch_latest(const WorkerId& worker, const JsonText& merge_patch,
                               Deploy deploy) override {
    return real_.patch_latest(worker, merge_patch, deploy);
  }
  Result<void> remove(const WorkerId& worker, const VersionId& version, Tick send_by) override {
    return real_.remove(worker, version, send_by);
  }
  Result<DeploymentHistory> deployments(const WorkerId& worker) override {
    TRY_ASSIGN(DeploymentHistory history, real_.deployments(worker));
    if (plant_ != Plant::deployed_ignored || history.deployments.empty() || !newest_) {
      return history;
    }
    // One that is listed, and stays anyway.
    history.deployments.resize(1);
    history.deployments.front().versions = {{*newest_, 100}};
    return history;
  }
  Result<Deployment> deploy(const WorkerId& worker, const std::vector<Share>& shares,
                            std::string_view message, Force force) override {
    return real_.deploy(worker, shares, message, force);
  }

 private:
  Plant plant_;
  VersionsApi& real_;
  std::optional<VersionId> newest_;     ///< Of the last listing.
  std::map<WorkerId, Listing> listed_;  ///< Given once more, in place of the next.
};

class PlantedJournal final : public Journal {
 public:
  PlantedJournal(Plant plant, Journal& real) : plant_(plant), real_(real) {}

  Result<Memory> recall(const WorkerId& worker) override {
    TRY(write_what_waits());
    TRY_ASSIGN(Memory memory, real_.recall(worker));
    if (plant_ == Plant::intent_forgotten) {
      std::erase_if(memory.intents,
                    [&](const OpenIntent& open) { return !own_.contains(open.id); });
    }
    if (plant_ == Plant::ratchet_forgotten) memory.agreed_policy.clear();
    return memory;
  }
  Result<std::set<WorkerId>> workers() override { return real_.workers(); }
  Result<void> keep(const WorkerId& worker, const Memory& memory) override {
    TRY(write_what_waits());
    return real_.keep(worker, memory);
  }
  Result<AccountMemory> recall_account() override { return real_.recall_account(); }
  Result<void> keep_account(const AccountMemory& memory) override {
    return real_.keep_account(memory);
  }
  Result<IntentId> begin(const Intent& intent) override {
    if (plant_ == Plant::intent_not_synced) {
      TRY(write_what_waits());
      waits_ = intent;
      return kWaits;
    }
    TRY_ASSIGN(const IntentId id, real_.begin(intent));
    own_.insert(id);
    return id;
  }
  Result<void> finish(IntentId intent, const Outcome& outcome) override {
    TRY(write_what_waits());
    return real_.finish(intent == kWaits ? written_ : intent, outcome);
  }
  Result<void> append(const std::vector<LedgerEntry>& entries) override {
    return real_.append(entries);
  }
  Result<std::vector<LedgerEntry>> ledger(const WorkerId& worker,
                                          const std::optional<VersionId>& version,
                                          std::size_t limit) override {
    return real_.ledger(worker, version, limit);
  }
  Result<void> keep_policy(const std::string& hash, const std::string& text) override {
    return real_.keep_policy(hash, text);
  }
  Result<std::optional<std::string>> policy(const std::string& hash) override {
    return real_.policy(hash);
  }
  std::optional<std::string> recovering() override { return real_.recovering(); }
  Result<void> end_recovery() override { return real_.end_recovery(); }

 private:
  static constexpr IntentId kWaits = -1;

  Result<void> write_what_waits() {
    if (!waits_) return {};
    const Intent intent = *std::exchange(waits_, std::nullopt);
    TRY_ASSIGN(written_, real_.begin(intent));
    return {};
  }

  Plant plant_;
  Journal& real_;
  std::set<IntentId> own_;
  std::optional<Intent> waits_;
  IntentId written_ = 0;
};

struct Named {
  Plant plant;
  std::string_view name;
  std::string_view caught_by;
};
constexpr std::array<Named, 15> kNames{{{Plant::none, "none", ""},
                                        {Plant::blind_retry, "blind_retry", "3"},
                                        {Plant::intent_not_synced, "intent_not_synced", "2"},
                                        {Plant::settle_ignored, "settle_ignored", "4"},
                                        {Plant::first_page_only, "first_page_only", "1"},
                                        {Plant::intent_forgotten, "intent_forgotten", "4"},
                                        {Plant::deployed_ignored, "deployed_ignored", "12"},
                                        {Plant::sort_reversed, "sort_reversed", "13"},
                                        {Plant::grace_ignored, "grace_ignored", "16"},
                                        {Plant::limits_ignored, "limits_ignored", "15"},
                                        {Plant::scope_ignored, "scope_ignored", "11"},
                                        {Plant::approval_ignored, "approval_ignored", "approval"},
                                        {Plant::ratchet_forgotten, "ratchet_forgotten", "ratchet"},
                                        {Plant::window_ignored, "window_ignored", "window"},
                                        {Plant::list_once, "list_once", "listings"}}};

}  // namespace

std::string_view to_string(Plant plant) {
  return kNames[static_cast<std::size_t>(plant)].name;
}

std::string_view caught_by(Plant plant) {
  return kNames[static_cast<std::size_t>(plant)].caught_by;
}

void plant_in(Plant plant, Config& config) {
  if (plant == Plant::settle_ignored) {
    Timing& timing = config.accounts.front().timing;
    timing.t_max = timing.list_lag = timing.relist = Millis(0);
  }
  for (WorkerConfig& worker : config.workers) {
    auto policy = std::make_shared<RetentionPolicy>(*worker.retention);
    if (plant == Plant::grace_ignored) policy->limits.grace = {};
    if (plant == Plant::limits_ignored) {
      policy->limits.max_deletes = 1000;
      policy->limits.max_percent = 100;
    }
    if (plant == Plant::scope_ignored) policy->scope = Scope::all;
    if (plant == Plant::approval_ignored) policy->limits.approve_over.reset();
    if (plant == Plant::window_ignored) policy->limits.window.reset();
    worker.retention = std::move(policy);
  }
}

std::unique_ptr<VersionsApi> plant_in(Plant plant, VersionsApi& api) {
  switch (plant) {
    case Plant::blind_retry:
    case Plant::first_page_only:
    case Plant::deployed_ignored:
    case Plant::sort_reversed:
    case Plant::list_once:
      return std::make_unique<PlantedApi>(plant, api);
    default:
      return nullptr;
  }
}

std::unique_ptr<Journal> plant_in(Plant plant, Journal& journal) {
  if (plant != Plant::intent_not_synced && plant != Plant::intent_forgotten &&
      plant != Plant::ratchet_forgotten) {
    return nullptr;
  }
  return std::make_unique<PlantedJournal>(plant, journal);
}

}  // namespace rollout
