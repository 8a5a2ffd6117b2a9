// SPDX-License-Identifier: Apache-2.0
// What a configuration allows and a careful person would not do. Each kind of warning is one
// function in lint.cc, or in core/policy/remarks.h where it is about a policy by itself.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/core/model/version.h"
#include "daemon/core/plan/config.h"
#include "daemon/core/plan/memory.h"

namespace rollout {

struct LintWarning {
  std::string code;     ///< CamelCase, never renamed.
  std::string message;  ///< One sentence.
};

/// The tags of the versions that are known of one Worker.
struct KnownVersions {
  std::map<VersionId, std::string> own;     ///< Made by its daemon; those that are gone included.
  std::map<VersionId, std::string> others;  ///< Those that Cloudflare lists.
  bool listed = false;                      ///< Else nothing is known of the others.

  void add(const std::vector<LedgerEntry>& ledger);
  void add(const Listing& listing);
};
using KnownWorkers = std::map<WorkerId, KnownVersions>;

std::vector<LintWarning> lint(const Config& config, const KnownWorkers& known);
std::vector<LintWarning> lint(const RetentionPolicy& policy);

}  // namespace rollout
