// SPDX-License-Identifier: Apache-2.0
// All that belongs to one account of a running daemon: journal, client, builds, queue, and the
// thread that runs its lane.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "daemon/adapters/disk/patient_build_source.h"
#include "daemon/adapters/sqlite/sqlite_journal.h"
#include "daemon/adapters/status/status_text.h"
#include "daemon/adapters/system/trigger_queue.h"
#include "daemon/app/clients.h"
#include "daemon/app/switched_api.h"
#include "daemon/engine/lane.h"

namespace rollout {

/// Why the daemon cannot start.
struct StartFailure {
  int exit = 0;
  std::string sentence;
};

class AccountLane final {
 public:
  /// Borrowed by every lane; outlives them.
  struct Shared {
    Clock& clock;
    Random& random;
    EventSink& events;
    PolicySource& policies;
    Redactor& redactor;
    std::string state_dir;
    std::string strays = {};  ///< Journals there that belong to no configured account.
  };

  /// Opens the journal and reads the token. `config` has the account.
  static std::expected<std::unique_ptr<AccountLane>, StartFailure> open(
      const AccountConfig& account, std::shared_ptr<const Config> config, const Shared& shared);
  ~AccountLane();  ///< Stops, and waits for the thread.
  AccountLane(const AccountLane&) = delete;
  AccountLane& operator=(const AccountLane&) = delete;

  const AccountName& name() const { return name_; }
  TriggerSink& triggers() { return triggers_; }

  void start();
  /// Nothing new is sent; a create in flight goes on to its deadline.
  void stop();
  bool done() const { return done_.load(); }

  /// Whether the lane has moved within the deadline that it declared.
  bool alive(Tick now);
  /// When a create that is in flight is over at the latest.
  std::optional<Tick> write_until() const;
  ApiUsage usage() const;

  enum class Token { as_it_was, another };
  /// Reads the token again and makes what a new configuration needs; nothing changes before
  /// `adopt`.
  Result<Token> prepare(const Config& config);
  void adopt();

 private:
  AccountLane(const AccountConfig& account, std::shared_ptr<const Config> config,
              const Shared& shared, std::unique_ptr<SqliteJournal> journal,
              std::shared_ptr<CloudflareApi> api, std::shared_ptr<Meter> meter,
              const Sha256& token_hash);

  /// Answers what was asked but came too late for the lane.
  void refuse_rest();

  AccountName name_;
  Shared shared_;
  Mode mode_;
  Millis timeout_;
  std::shared_ptr<Meter> meter_;  ///< Of all its clients, one after the other.
  std::unique_ptr<SqliteJournal> journal_;
  SwitchedApi api_;
  PatientBuildSource builds_;
  TriggerQueue triggers_;
  Progress progress_;
  Lane lane_;
  Sha256 token_hash_;  ///< Of the token in use: whether a reload brings another one.
  Sha256 next_token_hash_;
  std::optional<Secret> next_token_;
  std::shared_ptr<CloudflareApi> next_api_;  ///< Null unless the mode or the timeout changes.
  Mode next_mode_ = Mode::observe;           ///< Of `next_api_`, as the next one.
  Millis next_timeout_{};
  std::atomic<Millis::rep> call_until_{0};
  std::atomic<bool> done_{false};
  std::jthread thread_;  ///< Last: it uses all of the above.
};

}  // namespace rollout
