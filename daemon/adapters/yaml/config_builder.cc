// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/config_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "daemon/adapters/yaml/check.h"
#include "daemon/adapters/yaml/nearest.h"
#include "daemon/adapters/yaml/sections.h"

namespace rollout {
namespace {

std::string where(const Document& document, const Place& place) {
  return fmt::format("{}:{}", document.file(), place.line);
}

Place place_of(const View& view, std::string_view key) {
  const Node* node = view.node(key);
  return node == nullptr ? view.whole()->place : node->place;
}

/// The policy that a key names. Null without such a key, and after a problem.
template <class Policy>
std::shared_ptr<const Policy> find_policy(const PolicyShelf::Shelf<Policy>& shelf,
                                          const std::set<std::string>& unreadable,
                                          std::string_view kind, const View& worker,
                                          const std::string& path, Problems& problems) {
  const Node* reference = worker.node(kind);
  if (reference == nullptr || reference->kind != Node::Kind::text) return nullptr;
  const std::string& name = reference->text;
  if (const auto found = shelf.find(name); found != shelf.end()) return found->second;
  if (unreadable.contains(name)) return nullptr;
  std::vector<std::string> known;
  for (const auto& [each, policy] : shelf) known.push_back(each);
  problems.add(reference->place, Mistake::unknown_policy,
               fmt::format("{} refers to {} policy \"{}\"{}{}", path, kind, name,
                           known_names(known), did_you_mean(name, known)));
  return nullptr;
}

Secrets secrets_of(std::string_view text) {
  if (text == "named") return Secrets::named;
  return text == "drop" ? Secrets::drop : Secrets::inherit;
}

}  // namespace

void PolicyShelf::add(Document& document) {
  const auto label = label_of(document);
  if (!label) {
    unreadable_.insert(std::filesystem::path(document.file()).stem().string());
    return;
  }
  const std::string here = where(document, label->place);
  const auto [first, fresh] = places_.emplace(std::pair(label->kind, label->name), here);
  const bool retention = label->kind == PolicyKind::retention;
  if (!fresh) {
    document.problems().add(
        label->place, Mistake::duplicate_name,
        fmt::format("two {} policies are named \"{}\"; the other is {}",
                    retention ? "retention" : "tagging", label->name, first->second));
  }
  if (retention) {
    retention_.emplace(label->name, build_retention(document));
  } else {
    tagging_.emplace(label->name, build_tagging(document));
  }
}

void ConfigBuilder::add_main(Document& document) {
  if (document.root() == nullptr) {
    accounts_complete_ = false;
    return;
  }
  collect(document, rolloutd_table());
  const View view(document.root(), rolloutd_table());
  config_.mode = view.text("mode") == "enforce" ? Mode::enforce : Mode::observe;
  config_.service = build_service(view.section("service"));
  defaults_ = view.section("defaults");
}

void ConfigBuilder::add_more(Document& document) {
  if (document.root() == nullptr) {
    accounts_complete_ = false;
    return;
  }
  collect(document, conf_d_table());
}

void ConfigBuilder::collect(Document& document, const Table& table) {
  check_document(*document.root(), table, document.problems());
  const View view(document.root(), table);
  if (const Node* accounts = view.node("accounts")) {
    const Table& account = *table.find("accounts")->child;
    for (const KeyValue& member : accounts->members) add_account(document, member, account);
  }
  const Node* workers = view.node("workers");
  if (workers == nullptr) return;
  const Table& worker = *table.find("workers")->child;
  for (std::size_t i = 0; i < workers->items.size(); ++i) {
    const Node& item = workers->items[i];
    if (item.kind != Node::Kind::map) continue;
    entries_.push_back({&document, View(&item, worker), entry_path("workers", item, i + 1)});
  }
}

void ConfigBuilder::add_account(Document& document, const KeyValue& member, const Table& table) {
  const auto [first, fresh] = accounts_.emplace(member.key, where(document, member.place));
  if (!fresh) {
    document.problems().add(
        member.place, Mistake::duplicate_name,
        fmt::format("account \"{}\" stands twice; the other is {}", member.key, first->second));
    return;
  }
  const View view(&member.value, table);
  check_token(view, "accounts." + member.key, document.problems());
  AccountConfig account = build_account(member.key, view);
  check_account_once(account, document, member.place);
  config_.accounts.push_back(std::move(account));
}

// Under two names one account would have two journals, each sure of being alone.
void ConfigBuilder::check_account_once(const AccountConfig& account, Document& document,
                                       const Place& place) {
  for (const AccountConfig& other : config_.accounts) {
    if (account.id.text().empty() || other.id != account.id || other.api != account.api) continue;
    document.problems().add(
        place, Mistake::duplicate_name,
        fmt::format("accounts \"{}\" and \"{}\" are the same account of Cloudflare; keep one, and "
                    "let all its workers refer to it",
                    other.name.text(), account.name.text()));
  }
}

void ConfigBuilder::check_account(const Entry& entry) {
  const Node* reference = entry.view.node("account");
  if (reference == nullptr || reference->kind != Node::Kind::text || !accounts_complete_) return;
  const std::string& name = reference->text;
  if (accounts_.contains(name)) return;
  std::vector<std::string> known;
  known.reserve(accounts_.size());
  for (const auto& [each, place] : accounts_) known.push_back(each);
  entry.document->problems().add(reference->place, Mistake::unknown_account,
                                 fmt::format("{} refers to account \"{}\"{}{}", entry.path, name,
                                             known_names(known), did_you_mean(name, known)));
}

// Commands, marks and the watched roots go by a Worker's name alone.
void ConfigBuilder::check_once(const Entry& entry, const WorkerConfig& worker) {
  if (worker.id.empty()) return;
  const Place place = place_of(entry.view, "name");
  const std::string here = fmt::format("{}:{}", where(*entry.document, place), place.column);
  const auto [found, fresh] =
      workers_.emplace(worker.id.text(), std::pair(worker.account.text(), here));
  if (fresh) return;
  const auto& [account, first] = found->second;
  if (account == worker.account.text()) {
    entry.document->problems().add(
        place, Mistake::duplicate_worker,
        fmt::format("worker \"{}\" is configured twice, at {} and at {}; entries are never merged",
                    worker.id.text(), first, here));
    return;
  }
  entry.document->problems().add(
      place, Mistake::ambiguous_worker,
      fmt::format(
          "worker \"{}\" of account \"{}\" has the name of one of account \"{}\", at {}, and "
          "commands go by the name; run a daemon for each account, or name one of the two "
          "by its id (and pin again what it must keep)",
          worker.id.text(), worker.account.text(), account, first));
}

WorkerConfig ConfigBuilder::build_worker(const Entry& entry, const PolicyShelf& policies) {
  const View& view = entry.view;
  Problems& problems = entry.document->problems();
  const View& fallback = *defaults_;
  WorkerConfig out;
  out.id = WorkerId(view.text("name"));
  out.account = AccountName(view.text("account"));
  if (view.has("build")) out.build = build_build(view.section("build"));
  out.version = build_settings(view.section("version"), entry.path + ".version", problems);
  out.tagging =
      find_policy(policies.tagging(), policies.unreadable(), "tagging", view, entry.path, problems);
  out.retention = find_policy(policies.retention(), policies.unreadable(), "retention", view,
                              entry.path, problems);
  out.deploy = view.text("deploy") == "immediate" ? DeployMode::immediate : DeployMode::none;
  out.duplicates = view.text("duplicates") == "remove" ? Duplicates::remove : Duplicates::report;
  out.secrets = secrets_of(view.text("secrets"));
  out.interval = (view.has("interval") ? view : fallback).period("interval");
  out.timeout = (view.has("timeout") ? view : fallback).period("timeout");
  return out;
}

Config ConfigBuilder::finish(const PolicyShelf& policies) {
  if (!defaults_) defaults_.emplace(nullptr, *rolloutd_table().find("defaults")->child);
  for (const Entry& entry : entries_) {
    check_account(entry);
    WorkerConfig worker = build_worker(entry, policies);
    check_once(entry, worker);
    const auto account = std::ranges::find(config_.accounts, worker.account, &AccountConfig::name);
    if (worker.build && account != config_.accounts.end() && account->plan == AccountPlan::paid) {
      worker.build->most_assets = kAssetsOnPaidPlan;
    }
    config_.workers.push_back(std::move(worker));
  }
  std::sort(config_.accounts.begin(), config_.accounts.end(),
            [](const AccountConfig& a, const AccountConfig& b) { return a.name < b.name; });
  std::sort(config_.workers.begin(), config_.workers.end(),
            [](const WorkerConfig& a, const WorkerConfig& b) {
              return std::tie(a.account, a.id) < std::tie(b.account, b.id);
            });
  return std::move(config_);
}

}  // namespace rollout
