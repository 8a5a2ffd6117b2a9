// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/journal_access.h"

#include <fmt/format.h>

namespace rollout {

std::string journal_path(const std::string& state_dir, const AccountName& account) {
  return fmt::format("{}/{}.journal", state_dir, account.text());
}

Result<std::unique_ptr<JournalCopy>> copy_journal(const Config& config,
                                                  const AccountName& account) {
  return JournalCopy::read(journal_path(config.service.state_dir, account));
}

}  // namespace rollout
