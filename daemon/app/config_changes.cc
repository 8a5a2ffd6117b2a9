// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/config_changes.h"

#include <fmt/format.h>

#include <map>

namespace rollout {
namespace {

std::string_view name_of(Mode mode) {
  return mode == Mode::enforce ? "enforce" : "observe";
}

/// Its name, or `none`.
template <class Policy>
std::string identity(const std::shared_ptr<const Policy>& policy) {
  return policy == nullptr ? "none" : policy->name.text();
}

template <class Policy>
void compare(const std::string& worker, std::string_view what,
             const std::shared_ptr<const Policy>& before,
             const std::shared_ptr<const Policy>& after, std::vector<std::string>& changes) {
  if (identity(before) != identity(after))
    changes.push_back(
        fmt::format("{}: {} {} -> {}", worker, what, identity(before), identity(after)));
  else if (before != nullptr && before->hash != after->hash)
    changes.push_back(fmt::format("{}: {} policy {} was edited", worker, what, identity(after)));
}

bool same(const Ready& a, const Ready& b) {
  const auto* quiet_a = std::get_if<ReadyQuiet>(&a);
  const auto* quiet_b = std::get_if<ReadyQuiet>(&b);
  if (quiet_a == nullptr || quiet_b == nullptr) return quiet_a == quiet_b;
  return quiet_a->quiet == quiet_b->quiet;
}

bool same(const std::optional<BuildConfig>& a, const std::optional<BuildConfig>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->path == b->path && a->layout == b->layout && same(a->ready, b->ready) &&
         a->main == b->main && a->config == b->config && a->assets == b->assets &&
         a->most_assets == b->most_assets && a->environment == b->environment;
}

void compare(const WorkerConfig& before, const WorkerConfig& after,
             std::vector<std::string>& changes) {
  const std::string& worker = after.id.text();
  if (before.account != after.account)
    changes.push_back(
        fmt::format("{}: account {} -> {}", worker, before.account.text(), after.account.text()));
  if (!same(before.build, after.build))
    changes.push_back(fmt::format("{}: where its builds are found", worker));
  if (before.version != after.version)
    changes.push_back(fmt::format("{}: settings of its versions", worker));
  compare(worker, "tagging", before.tagging, after.tagging, changes);
  compare(worker, "retention", before.retention, after.retention, changes);
  if (before.deploy != after.deploy)
    changes.push_back(fmt::format(
        "{}: new versions are {}", worker,
        after.deploy == DeployMode::immediate ? "deployed at once" : "no longer deployed"));
  if (before.secrets != after.secrets)
    changes.push_back(fmt::format("{}: which secrets new versions keep", worker));
  if (before.duplicates != after.duplicates || before.interval != after.interval ||
      before.timeout != after.timeout)
    changes.push_back(fmt::format("{}: interval, timeout or duplicates", worker));
}

std::map<WorkerId, const WorkerConfig*> by_id(const Config& config) {
  std::map<WorkerId, const WorkerConfig*> workers;
  for (const WorkerConfig& worker : config.workers) workers[worker.id] = &worker;
  return workers;
}

std::string source_of(const TokenSource& token) {
  if (const auto* file = std::get_if<TokenFile>(&token)) return "file " + file->path;
  return "credential " + std::get<Credential>(token).name;
}

bool same(const AccountConfig& a, const AccountConfig& b) {
  return a.id == b.id && a.api == b.api && source_of(a.token) == source_of(b.token) &&
         a.budget.rate == b.budget.rate && a.budget.burst == b.budget.burst;
}

bool same(const ServiceConfig& a, const ServiceConfig& b) {
  return a.state_dir == b.state_dir && a.socket == b.socket && a.listen == b.listen &&
         a.history == b.history;
}

}  // namespace

std::vector<std::string> config_changes(const Config& before, const Config& after) {
  std::vector<std::string> changes;
  if (before.mode != after.mode)
    changes.push_back(fmt::format("mode {} -> {}", name_of(before.mode), name_of(after.mode)));
  const auto old_workers = by_id(before);
  const auto new_workers = by_id(after);
  for (const auto& [id, worker] : old_workers)
    if (!new_workers.contains(id)) changes.push_back(id.text() + ": is no longer looked after");
  for (const auto& [id, worker] : new_workers) {
    const auto known = old_workers.find(id);
    if (known == old_workers.end())
      changes.push_back(id.text() + ": is new");
    else
      compare(*known->second, *worker, changes);
  }
  return changes;
}

std::vector<std::string> needs_restart(const Config& before, const Config& after) {
  std::vector<std::string> reasons;
  std::map<AccountName, const AccountConfig*> old_accounts;
  for (const AccountConfig& account : before.accounts) old_accounts[account.name] = &account;
  for (const AccountConfig& account : after.accounts) {
    const auto known = old_accounts.find(account.name);
    if (known == old_accounts.end())
      reasons.push_back(fmt::format("account {} is new", account.name.text()));
    else if (!same(*known->second, account))
      reasons.push_back(fmt::format("account {} changed", account.name.text()));
    old_accounts.erase(account.name);
  }
  for (const auto& [name, account] : old_accounts)
    reasons.push_back(fmt::format("account {} is gone", name.text()));
  if (!same(before.service, after.service)) reasons.emplace_back("a setting of `service` changed");
  return reasons;
}

}  // namespace rollout
