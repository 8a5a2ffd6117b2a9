// SPDX-License-Identifier: Apache-2.0
// The effective configuration: checked, complete, immutable. One is published at each reload.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/core/model/ids.h"
#include "daemon/core/model/settings.h"
#include "daemon/core/policy/retention.h"
#include "daemon/core/policy/tagging.h"

namespace rollout {

enum class Mode { observe, enforce };

/// Where a token is read from: a systemd credential's name, or a file.
struct Credential {
  std::string name;
};
struct TokenFile {
  std::string path;
};
using TokenSource = std::variant<Credential, TokenFile>;

struct BudgetConfig {
  double rate = 1.0;         ///< Requests per second, sustained.
  std::uint32_t burst = 30;  ///< Requests at once.
};

struct Timing {
  Millis t_max = std::chrono::seconds(60);      ///< The API applies or drops a call within this.
  Millis list_lag = std::chrono::seconds(120);  ///< ... and lists it within this.
  Millis rescan = std::chrono::seconds(60);     ///< Roots are looked at this often in any case.
  Millis relist = std::chrono::seconds(30);     ///< Between the two listings that prove absence.
};

/// What the account pays for, as far as it limits a version.
enum class AccountPlan { free, paid };

struct AccountConfig {
  AccountName name;
  AccountId id;
  TokenSource token;
  std::string api = "https://api.cloudflare.com/client/v4";
  BudgetConfig budget;
  Timing timing;
  AccountPlan plan = AccountPlan::free;
};

struct ReadyMarker {};
struct ReadyQuiet {
  Millis quiet{};
};
using Ready = std::variant<ReadyMarker, ReadyQuiet>;

enum class Layout {
  in_place,   ///< One directory, rewritten.
  per_build,  ///< A new sub-directory for each build.
  link,       ///< A symbolic link, swapped.
};

/// Files with which a version may be served.
/// Source: Cloudflare's documentation, Workers, platform limits.
inline constexpr std::size_t kAssetsOnFreePlan = 20'000;
inline constexpr std::size_t kAssetsOnPaidPlan = 100'000;

struct BuildConfig {
  std::string path;  ///< Absolute.
  Layout layout = Layout::in_place;
  Ready ready = ReadyMarker{};
  std::optional<std::string> main;         ///< The main module, where the configuration names it.
  std::string config = "auto";             ///< `auto`, or the path of a wrangler configuration.
  std::optional<std::string> assets = {};  ///< Absolute; where they are not in the build.
  std::size_t most_assets = kAssetsOnFreePlan;  ///< Follows from the account's plan.
  std::optional<std::string> environment = {};  ///< Of that configuration; none: its top level.
};

enum class DeployMode { none, immediate };
enum class Duplicates { report, remove };

/// Which secrets of the version before a new version keeps.
enum class Secrets {
  inherit,  ///< All.
  named,    ///< Those that the build or the configuration names; to lose one is refused.
  drop,     ///< Those that are named.
};

struct WorkerConfig {
  WorkerId id;
  AccountName account;
  std::optional<BuildConfig> build;
  VersionSettings version;                           ///< Overrides and additions.
  std::shared_ptr<const TaggingPolicy> tagging;      ///< Null: builds of it create nothing.
  std::shared_ptr<const RetentionPolicy> retention;  ///< Null: nothing of it is pruned.
  DeployMode deploy = DeployMode::none;
  Duplicates duplicates = Duplicates::report;
  Secrets secrets = Secrets::inherit;
  Millis interval = std::chrono::minutes(5);  ///< Between passes without a reason to look earlier.
  Millis timeout = std::chrono::seconds(30);  ///< Of one read.
};

struct ServiceConfig {
  std::string state_dir = "/var/lib/rolloutd";
  std::string socket = "/run/rolloutd/control.sock";
  std::string listen =
      "127.0.0.1:9747";            ///< `host:port` on loopback, or a socket's path; empty: none.
  std::uint64_t history = 100000;  ///< Entries of the ledger that are kept.
};

struct Config {
  std::uint64_t generation = 0;  ///< Counts loads, from 1.
  std::string digest;            ///< SHA-256 over all files that were read, hex.
  std::string host_name;         ///< Of this host, for tagging.
  std::string program;           ///< The version of this binary.
  Mode mode = Mode::observe;
  ServiceConfig service;
  std::vector<AccountConfig> accounts;  ///< Sorted by name.
  std::vector<WorkerConfig> workers;    ///< Sorted by account, then id.
};

/// One thing that is wrong in a file that a person wrote.
struct ConfigError {
  std::string code;  ///< `UnknownKey`, `MissingUnit`: policies/README.md lists them.
  std::string message;
  std::string file;
  std::size_t line = 0;    ///< From 1; 0 where the whole file is meant.
  std::size_t column = 0;  ///< From 1.
  std::string excerpt;     ///< The line itself and a caret line below; may be empty.
};

}  // namespace rollout
