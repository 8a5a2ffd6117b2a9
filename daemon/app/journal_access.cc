// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/journal_access.h"

#include <fmt/format.h>

#include <map>

namespace rollout {

std::string journal_path(const std::string& state_dir, const AccountName& account) {
  return fmt::format("{}/{}.journal", state_dir, account.text());
}

Result<std::unique_ptr<JournalCopy>> copy_journal(const Config& config,
                                                  const AccountName& account) {
  return JournalCopy::read(journal_path(config.service.state_dir, account));
}

std::vector<std::string> tags_of(const std::vector<LedgerEntry>& ledger) {
  std::map<VersionId, std::string> by_version;
  for (const LedgerEntry& entry : ledger) {
    // Pins name a version and no more.
    if (entry.version && entry.number != 0 &&
        !(entry.tag.empty() && by_version.contains(*entry.version)))
      by_version[*entry.version] = entry.tag;
  }
  std::vector<std::string> tags;
  for (auto& [version, tag] : by_version) tags.push_back(std::move(tag));
  return tags;
}

}  // namespace rollout
