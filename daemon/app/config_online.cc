// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/config_online.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <system_error>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/app/account_access.h"

namespace rollout {
namespace {

/// One account with its Workers. What concerns the account is told once.
class AccountCheck final {
 public:
  AccountCheck(const AccountConfig& account, const Config& config, OnlineFindings& findings)
      : account_(account), config_(config), findings_(findings) {}

  void run(Session& session) {
    SystemClock clock;
    auto client = open_account(account_, Writes::dry_run, clock, session);
    if (!client) {  // The sentence is printed.
      findings_.problems.push_back(
          {client.error(), fmt::format("account {}: cannot be asked", account_.name.text())});
      return;
    }
    for (const WorkerConfig& worker : config_.workers) {
      if (worker.account != account_.name) continue;
      if (!look_at(worker, **client)) return;
    }
  }

 private:
  /// False where further Workers would meet the same.
  bool look_at(const WorkerConfig& worker, CloudflareApi& api) {
    const auto found = api.worker(worker.id);
    if (!found) return missing(worker, found.error());
    const auto [entry, first] = entries_.try_emplace(found->id, worker.id);
    if (!first) {
      findings_.problems.push_back(
          {kExitConfig, fmt::format("{} and {} are the same Worker: take one of them out",
                                    entry->second.text(), worker.id.text())});
      return true;
    }
    findings_.good.push_back(fmt::format("{}: is at account {}, and the token may read it",
                                         worker.id.text(), account_.name.text()));
    return !goes_by_tags(worker) || list(worker, api);
  }

  bool list(const WorkerConfig& worker, CloudflareApi& api) {
    auto listing = api.list(worker.id);
    if (!listing) return missing(worker, listing.error());
    findings_.listings[worker.id] = *std::move(listing);
    return true;
  }

  static bool goes_by_tags(const WorkerConfig& worker) {
    return worker.retention != nullptr &&
           std::ranges::any_of(worker.retention->groups,
                               [](const Group& group) { return !group.match.empty(); });
  }

  /// True where it is only this Worker that is not there.
  bool missing(const WorkerConfig& worker, const Failure& failure) {
    const bool missing = failure.kind == FailureKind::not_found;
    const std::string what =
        missing ? fmt::format("{}: no such Worker at account {}; check `name` and `account`",
                              worker.id.text(), account_.name.text())
                : fmt::format("account {}: {}", account_.name.text(), failure.sentence());
    findings_.problems.push_back({exit_code(failure), what});
    return missing;
  }

  const AccountConfig& account_;
  const Config& config_;
  OnlineFindings& findings_;
  std::map<std::string, WorkerId> entries_;  ///< By Cloudflare's id.
};

void check_path(const WorkerConfig& worker, OnlineFindings& findings) {
  if (!worker.build) return;
  const std::string& path = worker.build->path;
  if (::access(path.c_str(), R_OK | X_OK) == 0) {
    findings.good.push_back(fmt::format("{}: {} can be read", worker.id.text(), path));
    return;
  }
  findings.problems.push_back(
      {kExitFailed, fmt::format("{}: the build directory {} cannot be read by this user: {}",
                                worker.id.text(), path, std::generic_category().message(errno))});
}

}  // namespace

OnlineFindings check_online(const Config& config, Session& session) {
  OnlineFindings findings;
  for (const AccountConfig& account : config.accounts)
    AccountCheck(account, config, findings).run(session);
  for (const WorkerConfig& worker : config.workers) check_path(worker, findings);
  return findings;
}

}  // namespace rollout
