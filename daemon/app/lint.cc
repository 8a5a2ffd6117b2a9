// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/lint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/adapters/system/credentials.h"
#include "daemon/app/text.h"
#include "daemon/core/model/trailer.h"
#include "daemon/core/policy/remarks.h"

namespace rollout {
namespace {

void lint_tokens(const Config& config, std::vector<LintWarning>& warnings) {
  for (const AccountConfig& account : config.accounts)
    if (const auto warning = token_mode_warning(account.token))
      warnings.push_back(
          {.code = "TokenFileTooWide",
           .message = fmt::format("accounts.{}.token: {}", account.name.text(), *warning)});
}

void lint_untagged(const Config& config, std::vector<LintWarning>& warnings) {
  for (const WorkerConfig& worker : config.workers)
    if (worker.build && worker.tagging == nullptr)
      warnings.push_back(
          {.code = "BuildWithoutTagging",
           .message = fmt::format("worker {}: `build` is watched, but without `tagging` no version "
                                  "is made of it",
                                  worker.id.text())});
}

void add(const RetentionPolicy& policy, const std::vector<Remark>& remarks,
         std::vector<LintWarning>& warnings) {
  for (const Remark& remark : remarks)
    warnings.push_back(
        {.code = std::string(remark.code),
         .message = fmt::format("policy {}: {}", policy.name.text(), remark.message)});
}

/// A retention policy that is in use, and by whom.
struct Use {
  const RetentionPolicy* policy = nullptr;
  std::vector<WorkerId> workers;
};

std::vector<Use> uses_of(const Config& config) {
  std::vector<Use> uses;
  for (const WorkerConfig& worker : config.workers) {
    const RetentionPolicy* policy = worker.retention.get();
    if (policy == nullptr) continue;
    const auto known = std::ranges::find(uses, policy, &Use::policy);
    if (known == uses.end())
      uses.push_back({policy, {worker.id}});
    else
      known->workers.push_back(worker.id);
  }
  return uses;
}

/// Tags are certain or nothing is said: where all versions are in scope, all must be known.
void lint_unmatched(const Use& use, const KnownWorkers& known, std::vector<LintWarning>& warnings) {
  std::vector<std::string> tags;
  std::vector<std::string> names;
  bool listed = false;
  const auto take = [&](const std::map<VersionId, std::string>& versions) {
    for (const auto& [version, tag] : versions) tags.push_back(tag);
  };
  for (const WorkerId& worker : use.workers) {
    names.push_back(worker.text());
    const auto found = known.find(worker);
    if (use.policy->scope == Scope::all) {
      if (found == known.end() || !found->second.listed) return;
      take(found->second.others);
    }
    if (found == known.end()) continue;
    take(found->second.own);
    listed = listed || found->second.listed;
  }
  add(*use.policy,
      unmatched_groups(*use.policy, tags,
                       fmt::format("that {} knows of {} ({} in all)",
                                   listed ? "Cloudflare lists or the journal" : "the journal",
                                   fmt::join(names, ", "), tags.size())),
      warnings);
}

}  // namespace

void KnownVersions::add(const std::vector<LedgerEntry>& ledger) {
  for (const LedgerEntry& entry : ledger) {
    // Pins name a version and no more.
    if (!entry.version || entry.number == 0) continue;
    std::string& tag = own[*entry.version];
    if (!entry.tag.empty()) tag = entry.tag;
  }
}

void KnownVersions::add(const Listing& listing) {
  listed = true;
  for (const Version& version : listing.versions) {
    const bool is_own = parse_trailer(version.annotations.message).has_value();
    (is_own ? own : others)[version.id] = version.annotations.tag;
  }
}

std::vector<LintWarning> lint(const RetentionPolicy& policy) {
  std::vector<LintWarning> warnings;
  add(policy, remarks(policy), warnings);
  return warnings;
}

std::vector<LintWarning> lint(const Config& config, const KnownWorkers& known) {
  std::vector<LintWarning> warnings;
  lint_tokens(config, warnings);
  lint_untagged(config, warnings);
  for (const Use& use : uses_of(config)) {
    add(*use.policy, remarks(*use.policy), warnings);
    lint_unmatched(use, known, warnings);
  }
  return warnings;
}

}  // namespace rollout
