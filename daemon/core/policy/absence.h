// SPDX-License-Identifier: Apache-2.0
// Why no rule keeps a version, rule by rule: what `explain` tells of one that is gone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "daemon/core/policy/retention.h"

namespace rollout {

class Absences final {
 public:
  /// `verdicts` are those of `judge` by this policy, in its order. Both are borrowed.
  Absences(const RetentionPolicy& policy, std::span<const Verdict> verdicts);

  /// Of a condemned one of these verdicts: `last 3 (5 newer are in its group), within 14d (it is
  /// older)`.
  std::string of(const Verdict& condemned) const;

 private:
  std::string missed(const Verdict& verdict, const KeepRule& rule, const Extent& extent) const;
  std::string other_of(const Verdict& verdict, RuleKind kind, Period period) const;

  const RetentionPolicy& policy_;
  /// Those of a group that its rules see, in rank.
  std::map<std::string, std::vector<const Verdict*>, std::less<>> members_;
  /// Group, rule and bucket; the number of the version that is kept for it.
  std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t> holders_;
};

}  // namespace rollout
