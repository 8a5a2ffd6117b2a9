// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/lint.h"

#include <fmt/format.h>

#include "daemon/adapters/system/credentials.h"

namespace rollout {
namespace {

void lint_tokens(const Config& config, std::vector<LintWarning>& warnings) {
  for (const AccountConfig& account : config.accounts)
    if (const auto warning = token_mode_warning(account.token))
      warnings.push_back(
          {.code = "TokenFileTooWide",
           .message = fmt::format("accounts.{}.token: {}", account.name.text(), *warning)});
}

}  // namespace

std::vector<LintWarning> lint(const Config& config) {
  std::vector<LintWarning> warnings;
  lint_tokens(config, warnings);
  return warnings;
}

}  // namespace rollout
