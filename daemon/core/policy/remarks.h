// SPDX-License-Identifier: Apache-2.0
// What a retention policy may say, and its author hardly means. Each kind of remark is one function
// in remarks.cc or shadows.cc; policies/README.md lists the codes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/policy/retention_policy.h"

namespace rollout {

struct Remark {
  std::string_view code;  ///< CamelCase, never renamed.
  std::string message;    ///< A sentence that names the group and the rule.
};

/// How many of the newest versions Cloudflare can deploy (Workers changelog of 2025-09-11).
inline constexpr std::uint32_t kDeployable = 100;

/// Of the policy by itself.
std::vector<Remark> remarks(const RetentionPolicy& policy);

/// Of rules and groups that never have a say, because another always speaks before them. Those it
/// finds are certain, whatever the versions are; not all that there are are found.
std::vector<Remark> shadows(const RetentionPolicy& policy);

/// Groups that none of these tags belongs to; none where there are no tags. `which` says
/// more of the versions: `that the journal knows of shop (40 in all)`.
std::vector<Remark> unmatched_groups(const RetentionPolicy& policy,
                                     std::span<const std::string> tags, std::string_view which);

}  // namespace rollout
