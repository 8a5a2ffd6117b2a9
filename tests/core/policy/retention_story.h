// SPDX-License-Identifier: Apache-2.0
// A history in a few words, its policy, and the verdicts as text.
#pragma once

#include <gtest/gtest.h>

#include <charconv>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/policy/reason_text.h"
#include "daemon/core/policy/retention.h"
#include "tests/support/a_version.h"

namespace rollout {

inline Pattern pattern(std::string_view text) {
  return Pattern::parse(text).value();
}

/// `20`, `14d` or `all`.
inline Extent extent(std::string_view text) {
  if (text == "all") return Every{};
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && end == text.data() + text.size()) return Count{count};
  return parse_duration(text).value();
}

inline KeepRule keep(RuleKind kind, std::initializer_list<std::string_view> values) {
  KeepRule rule{.kind = kind, .extents = {}, .patterns = {}};
  for (const std::string_view value : values) {
    if (kind == RuleKind::tagged) {
      rule.patterns.push_back(pattern(value));
    } else {
      rule.extents.push_back(extent(value));
    }
  }
  return rule;
}

inline Group group(std::string name, std::initializer_list<std::string_view> match,
                   std::vector<KeepRule> rules) {
  Group made{.name = std::move(name), .match = {}, .keep = std::move(rules)};
  for (const std::string_view text : match) made.match.push_back(pattern(text));
  return made;
}

inline RetentionPolicy policy_of(std::vector<Group> groups) {
  RetentionPolicy policy;
  policy.name = PolicyName("standard");
  policy.groups = std::move(groups);
  policy.protect.min_age = {};
  return policy;
}

/// The short form, without `min_age`, so that only what a test speaks of keeps anything.
inline RetentionPolicy policy_of(std::vector<KeepRule> rules) {
  return policy_of(std::vector<Group>{group("all", {}, std::move(rules))});
}

/// Owns what a `History` borrows.
struct Story {
  std::vector<Version> versions;
  DeploymentHistory deployments;
  History history;

  explicit Story(const std::vector<VersionBuilder>& builders) {
    std::vector<Service> services;
    for (const VersionBuilder& builder : builders) {
      versions.push_back(builder.version());
      services.insert(services.end(), builder.services().begin(), builder.services().end());
    }
    deployments = deployments_of(services);
    history.versions = versions;
    history.deployments = &deployments;
  }
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  std::vector<Verdict> judge(const RetentionPolicy& policy, Instant now = kNow) const {
    return rollout::judge(policy, history, now);
  }
};

/// One line a version: `7: last 1/2, floor`; `6:` is condemned.
inline std::vector<std::string> lines(const std::vector<Verdict>& verdicts) {
  std::vector<std::string> all;
  for (const Verdict& verdict : verdicts) {
    std::string line;
    for (const Reason& reason : verdict.reasons) {
      line += (line.empty() ? " " : ", ") + reason_text(reason);
    }
    all.push_back(fmt::format("{}:{}", verdict.number, line));
  }
  return all;
}

inline std::vector<std::uint64_t> kept(const std::vector<Verdict>& verdicts) {
  std::vector<std::uint64_t> numbers;
  for (const Verdict& verdict : verdicts) {
    if (verdict.kept()) numbers.push_back(verdict.number);
  }
  return numbers;
}

using Lines = std::vector<std::string>;
using Numbers = std::vector<std::uint64_t>;

}  // namespace rollout
