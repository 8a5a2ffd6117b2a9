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

void lint_untagged(const Config& config, std::vector<LintWarning>& warnings) {
  for (const WorkerConfig& worker : config.workers)
    if (worker.build && worker.tagging == nullptr)
      warnings.push_back(
          {.code = "BuildWithoutTagging",
           .message = fmt::format("worker {}: `build` is watched, but without `tagging` no version "
                                  "is made of it",
                                  worker.id.text())});
}

}  // namespace

std::vector<LintWarning> lint(const Config& config) {
  std::vector<LintWarning> warnings;
  lint_tokens(config, warnings);
  lint_untagged(config, warnings);
  return warnings;
}

}  // namespace rollout
