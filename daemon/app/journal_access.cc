// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/journal_access.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

#include "daemon/adapters/sqlite/companions.h"

namespace rollout {
namespace {

constexpr std::string_view kJournalSuffix = ".journal";

std::string journal_name(const AccountName& account) {
  return fmt::format("{}{}", account.text(), kJournalSuffix);
}

}  // namespace

std::string journal_path(const std::string& state_dir, const AccountName& account) {
  return fmt::format("{}/{}", state_dir, journal_name(account));
}

Result<std::vector<std::string>> stray_journals(const std::string& state_dir,
                                                const std::vector<AccountConfig>& accounts) {
  std::set<std::string> found;
  std::error_code error;
  for (auto it = std::filesystem::directory_iterator(state_dir, error);
       !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
    std::string name = it->path().filename().string();
    // A journal that is lost has left its stamp.
    if (name.ends_with(kStampSuffix)) name.resize(name.size() - kStampSuffix.size());
    if (name.ends_with(kJournalSuffix)) found.insert(std::move(name));
  }
  if (error)
    return std::unexpected(Failure{.kind = FailureKind::local,
                                   .during = "list the state directory " + state_dir,
                                   .detail = error.message()});
  for (const AccountConfig& account : accounts) found.erase(journal_name(account.name));
  std::vector<std::string> paths;
  for (const std::string& name : found) paths.push_back(fmt::format("{}/{}", state_dir, name));
  return paths;
}

Result<std::unique_ptr<JournalCopy>> copy_journal(const Config& config,
                                                  const AccountName& account) {
  return JournalCopy::read(journal_path(config.service.state_dir, account));
}

}  // namespace rollout
