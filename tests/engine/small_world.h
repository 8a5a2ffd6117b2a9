// SPDX-License-Identifier: Apache-2.0
// A small world around one lane: an account with one Worker, a disk, a journal and a clock that
// only moves when something waits. It obeys rules; what goes wrong is set as a fault of the next
// call.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/engine/ports.h"
#include "tests/support/an_observation.h"

namespace rollout {

class ManualClock final : public Clock {
 public:
  Instant now() override { return kNow + (tick_ - Tick()); }
  Tick tick() override { return tick_; }
  void advance(Millis by) { tick_ += by; }

 private:
  Tick tick_{};
};

class CountingRandom final : public Random {
 public:
  std::uint64_t next() override { return ++count_; }

 private:
  std::uint64_t count_ = 0;
};

class Story final : public EventSink {
 public:
  void emit(const Event& event) override { events.push_back(event.body); }
  template <class Kind>
  std::vector<Kind> all() const {
    return all_of<Kind>(events);
  }
  std::vector<EventBody> events;
};

/// What happened at the ports, in order: `begin`, `create`, `finish done`, ...
using Calls = std::vector<std::string>;

class SmallJournal : public Journal {
 public:
  explicit SmallJournal(Calls& calls) : calls_(calls) {}
  Result<Memory> recall(const WorkerId& worker) override {
    const auto known = memory_.find(worker);
    Memory memory = known == memory_.end() ? Memory() : known->second;
    for (const auto& [id, intent] : open_) {
      if (intent.worker == worker) memory.intents.push_back({id, intent});
    }
    return memory;
  }
  Result<std::set<WorkerId>> workers() override {
    std::set<WorkerId> workers;
    for (const auto& [worker, memory] : memory_) workers.insert(worker);
    return workers;
  }
  Result<void> keep(const WorkerId& worker, const Memory& memory) override {
    if (keeps_nothing) return no_room();
    memory_[worker] = memory;
    memory_[worker].intents.clear();
    return {};
  }
  Result<AccountMemory> recall_account() override { return account_; }
  Result<void> keep_account(const AccountMemory& memory) override {
    account_ = memory;
    return {};
  }
  Result<IntentId> begin(const Intent& intent) override {
    if (full) return no_room();
    calls_.push_back("begin");
    open_[++last_id_] = intent;
    return last_id_;
  }
  Result<void> finish(IntentId intent, const Outcome& outcome) override {
    calls_.push_back("finish " + std::string(to_string(outcome.kind)));
    if (open_.erase(intent) == 1) return {};
    return std::unexpected(Failure{FailureKind::invalid, "journal", "no such intent is open"});
  }
  Result<void> append(const std::vector<LedgerEntry>& entries) override {
    for (const LedgerEntry& entry : entries) ledger_.push_front(entry);
    if (ledger_.size() > history) ledger_.resize(history);
    return {};
  }
  Result<std::vector<LedgerEntry>> ledger(const WorkerId& worker,
                                          const std::optional<VersionId>& version,
                                          std::size_t limit) override {
    std::vector<LedgerEntry> found;
    for (const LedgerEntry& entry : ledger_) {
      const bool asked = entry.worker == worker && (!version || entry.version == version);
      if (asked && found.size() < limit) found.push_back(entry);
    }
    return found;
  }
  Result<void> keep_policy(const std::string& hash, const std::string& text) override {
    policies_[hash] = text;
    return {};
  }
  Result<std::optional<std::string>> policy(const std::string& hash) override {
    const auto found = policies_.find(hash);
    return found == policies_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<std::string> recovering() override { return lost; }
  Result<void> end_recovery() override {
    lost.reset();
    return {};
  }

  bool full = false;
  bool keeps_nothing = false;
  std::size_t history = 100000;
  std::optional<std::string> lost;

 private:
  static std::unexpected<Failure> no_room() {
    return std::unexpected(Failure{FailureKind::local, "journal", "the disk is full"});
  }

  Calls& calls_;
  std::map<WorkerId, Memory> memory_;
  AccountMemory account_;
  std::map<IntentId, Intent> open_;
  IntentId last_id_ = 0;
  std::deque<LedgerEntry> ledger_;
  std::map<std::string, std::string> policies_;
};

/// Knows the policies that it was told of, by their texts.
class SmallPolicies final : public PolicySource {
 public:
  std::expected<Config, std::vector<ConfigError>> load() override { return Config(); }
  std::expected<std::shared_ptr<const RetentionPolicy>, std::string> read_retention(
      const std::string& text) override {
    const auto found = known.find(text);
    if (found == known.end()) return std::unexpected("it is no policy");
    return found->second;
  }
  std::map<std::string, std::shared_ptr<const RetentionPolicy>> known;
};

class SmallDisk final : public BuildSource {
 public:
  Sightings look(const WorkerConfig&) override {
    if (on_look) on_look();
    return shows;
  }
  Result<std::unique_ptr<ModuleContents>> open(const WorkerConfig&, const Build&) override {
    return std::make_unique<NoContents>();
  }
  Result<std::unique_ptr<ModuleContents>> open_assets(const WorkerConfig&, const Build&) override {
    return std::make_unique<NoContents>();
  }
  Sightings shows;
  std::function<void()> on_look;

 private:
  class NoContents final : public ModuleContents {
    Result<void> read(const Module&, const Sink&) override { return {}; }
  };
};

/// What the next call of an operation does instead of succeeding.
struct Fault {
  enum class When { before, after } when = When::before;
  FailureKind kind = FailureKind::transient;
};

class SmallCloud final : public VersionsApi {
 public:
  SmallCloud(Calls& calls, ManualClock& clock) : calls_(calls), clock_(clock) {}

  Result<Worker> worker(const WorkerId& worker) override {
    calls_.push_back("worker");
    if (auto failed = fault("worker", Fault::When::before)) return std::unexpected(*failed);
    const auto known = names.find(worker);
    return Worker{"id", known == names.end() ? worker.text() : known->second};
  }
  Result<std::optional<Instant>> token_expiry() override {
    calls_.push_back("verify");
    if (auto failed = fault("verify", Fault::When::before)) return std::unexpected(*failed);
    return token_ends;
  }
  Result<Listing> list(const WorkerId& worker) override {
    calls_.push_back("list");
    if (worker == broken) {
      return std::unexpected(Failure{FailureKind::transient, "list", "this Worker cannot be read"});
    }
    listed.push_back(worker.text());
    if (auto failed = fault("list", Fault::When::before)) return std::unexpected(*failed);
    if (before_list) std::exchange(before_list, {})();
    return Listing{versions, said(listing_is_ahead)};
  }
  Result<VersionDetail> get(const WorkerId&, const VersionId& version, Include) override {
    calls_.push_back("get");
    for (const Version& v : versions) {
      if (v.id == version) return VersionDetail{v, {}, {}, {}, {}, {}, {}};
    }
    return std::unexpected(Failure{FailureKind::not_found, "get", "no such version"});
  }
  Result<std::optional<VersionDetail>> latest(const WorkerId&) override {
    calls_.push_back("latest");
    if (auto failed = fault("latest", Fault::When::before)) return std::unexpected(*failed);
    if (versions.empty()) return std::nullopt;
    VersionDetail newest{versions.front(), {}, {}, {}, {}, {}, {}};
    for (const std::string& name : secrets) {
      newest.settings.bindings.push_back({name, "secret_text", {"{}"}});
    }
    return newest;
  }
  Result<std::string> upload_assets(const WorkerId&, AssetUpload& upload) override {
    calls_.push_back("upload");
    const std::size_t count = upload.assets.files.size();
    const std::uint64_t bytes = upload.assets.bytes;
    if (!upload.progress({assets_there ? count : 0, count, assets_there ? bytes : 0, bytes})) {
      return std::unexpected(Failure{FailureKind::transient, "upload", "interrupted"});
    }
    if (auto failed = fault("upload", Fault::When::before)) return std::unexpected(*failed);
    if (!assets_there) {
      clock_.advance(upload_takes / 2);
      upload.progress({0, count, bytes / 2, bytes});
      clock_.advance(upload_takes / 2);
      upload.progress({count, count, bytes, bytes});
    } else {
      clock_.advance(upload_takes);
    }
    assets_there = true;
    return "completion";
  }
  Result<Version> create(const WorkerId&, const Bundle& bundle, ModuleContents&, Deploy) override {
    calls_.push_back("create");
    clock_.advance(create_takes);
    if (auto failed = fault("create", Fault::When::before)) return std::unexpected(*failed);
    inherited = bundle.inherited.bindings;
    redeemed = bundle.assets_jwt;
    Version made{
        version_id(++last_number), last_number, clock_.now(), bundle.annotations, "api", {}, {}};
    if (drops_messages) made.annotations.message.clear();
    versions.insert(versions.begin(), made);
    if (auto failed = fault("create", Fault::When::after)) return std::unexpected(*failed);
    return made;
  }
  Result<Version> patch_latest(const WorkerId&, const JsonText&, Deploy) override {
    return std::unexpected(Failure{FailureKind::refused, "patch", "no"});
  }
  Result<void> remove(const WorkerId&, const VersionId& version, Tick send_by) override {
    calls_.push_back("remove");
    last_send_by = send_by - clock_.tick();
    if (auto failed = fault("remove", Fault::When::before)) return std::unexpected(*failed);
    const auto gone = std::erase_if(versions, [&](const Version& v) { return v.id == version; });
    if (auto failed = fault("remove", Fault::When::after)) return std::unexpected(*failed);
    if (gone == 0) return std::unexpected(Failure{FailureKind::not_found, "remove", "gone"});
    return {};
  }
  Result<DeploymentHistory> deployments(const WorkerId&) override {
    calls_.push_back("deployments");
    if (auto failed = fault("deployments", Fault::When::before)) return std::unexpected(*failed);
    DeploymentHistory answer = history;
    answer.server_time = said(deployments_are_ahead);
    if (after_deployments) std::exchange(after_deployments, {})();
    return answer;
  }
  Result<Deployment> deploy(const WorkerId&, const std::vector<Share>&, std::string_view,
                            Force) override {
    return std::unexpected(Failure{FailureKind::refused, "deploy", "no"});
  }

  void serve(std::uint64_t number) {
    Deployment deployment = a_deployment(clock_.now(), {{version_id(number), 100}});
    deployment.id = DeploymentId("d" + std::to_string(history.deployments.size()));
    history.deployments.insert(history.deployments.begin(), deployment);
  }
  void next(const std::string& operation, Fault fault) { faults_[operation].push_back(fault); }

  std::optional<Instant> token_ends;
  std::map<WorkerId, std::string> names;  ///< By id.
  WorkerId broken;                        ///< Its listings fail.
  std::vector<std::string> listed;
  std::vector<Version> versions;
  DeploymentHistory history;
  std::uint64_t last_number = 0;
  std::vector<std::string> secrets;     ///< Of the latest version.
  std::vector<std::string> inherited;   ///< By the version that was made last.
  std::optional<std::string> redeemed;  ///< By the version that was made last.
  bool assets_there = false;
  Millis upload_takes{0};
  bool drops_messages = false;
  Millis create_takes{};
  /// What its `Date` is ahead of the truth; none: it sends none.
  std::optional<Millis> listing_is_ahead = Millis(0), deployments_are_ahead = Millis(0);
  std::optional<Millis> last_send_by;
  std::function<void()> before_list;
  std::function<void()> after_deployments;

 private:
  std::optional<Instant> said(const std::optional<Millis>& ahead) {
    return ahead ? std::optional(clock_.now() + *ahead) : std::nullopt;
  }
  std::optional<Failure> fault(const std::string& operation, Fault::When when) {
    auto& queue = faults_[operation];
    if (queue.empty() || queue.front().when != when) return std::nullopt;
    const Failure failure{queue.front().kind, operation, "a fault"};
    queue.pop_front();
    return failure;
  }

  Calls& calls_;
  ManualClock& clock_;
  std::map<std::string, std::deque<Fault>> faults_;
};

/// Waiting moves the clock; scripted wakes come first, and after the last one a stop.
class SmallTriggers final : public Triggers {
 public:
  explicit SmallTriggers(ManualClock& clock) : clock_(clock) {}
  Wake wait_until(Tick deadline) override {
    if (waits_left == 0) {
      Wake wake;
      wake.stop = true;
      return wake;
    }
    if (before_wait) before_wait(waits_left);
    --waits_left;
    if (!wakes.empty()) {
      Wake wake = std::move(wakes.front());
      wakes.pop_front();
      return wake;
    }
    waited.push_back(std::max(deadline - clock_.tick(), Millis(0)));
    clock_.advance(waited.back());
    return {};
  }
  bool stopping() override { return false; }
  bool word_waits() override { return somebody_speaks || reload_failed; }
  bool work_waits() override { return somebody_speaks; }

  int waits_left = 0;
  bool somebody_speaks = false;
  bool reload_failed = false;
  std::function<void(int)> before_wait;  ///< Given how many waits are left.
  std::deque<Wake> wakes;
  std::vector<Millis> waited;

 private:
  ManualClock& clock_;
};

/// All of it, wired, with a configuration of one Worker named `shop`.
struct SmallWorld {
  Calls calls;
  ManualClock clock;
  CountingRandom random;
  Story story;
  SmallJournal journal{calls};
  SmallDisk disk;
  SmallCloud cloud{calls, clock};
  SmallTriggers triggers{clock};
  SmallPolicies policies;
  std::shared_ptr<Config> config = std::make_shared<Config>();

  SmallWorld() {
    AnObservation given;
    config->generation = 1;
    config->digest = "config";
    config->mode = Mode::enforce;
    config->accounts.emplace_back();
    config->accounts[0].name = AccountName("main");
    given.worker.account = AccountName("main");
    given.worker.retention = std::make_shared<RetentionPolicy>(given.retention);
    config->workers.push_back(given.worker);
  }

  Ports ports() { return {clock, random, cloud, disk, journal, triggers, story, policies}; }

  /// Versions 1 to `count`, a day apart, and the newest of them serving.
  void has_versions(std::uint64_t count) {
    for (std::uint64_t number = 1; number <= count; ++number) {
      cloud.versions.insert(
          cloud.versions.begin(),
          a_version(number).aged((count + 1 - number) * std::chrono::hours(24)).version());
    }
    cloud.last_number = count;
    cloud.serve(count);
  }

  std::vector<std::uint64_t> numbers() const {
    std::vector<std::uint64_t> out;
    for (const Version& version : cloud.versions) out.push_back(version.number);
    std::sort(out.begin(), out.end());
    return out;
  }
};

}  // namespace rollout
