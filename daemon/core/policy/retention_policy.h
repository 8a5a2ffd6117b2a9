// SPDX-License-Identifier: Apache-2.0
// A retention policy: what a person wrote, checked. `retention.h` judges by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/core/model/ids.h"
#include "daemon/core/policy/calendar.h"
#include "daemon/core/policy/duration.h"
#include "daemon/core/policy/pattern.h"
#include "daemon/core/policy/window.h"

namespace rollout {

enum class RuleKind {
  last,
  within,
  hourly,
  daily,
  weekly,
  monthly,
  quarterly,
  yearly,
  deployed,
  stable,
  tagged,
};
std::string_view to_string(RuleKind kind);

/// The bucket of a rule that keeps the newest of each; none for the other rules.
std::optional<Period> period_of(RuleKind kind);

struct Count {
  std::uint32_t value = 0;  ///< Never 0.
};
/// `all`
struct Every {};
using Extent = std::variant<Count, Duration, Every>;
/// As one writes it: `20`, `14d`, `all`.
std::string format_extent(const Extent& extent);

/// One key under `keep:`. A list of extents is their union. `tagged` has patterns instead.
struct KeepRule {
  RuleKind kind = RuleKind::last;
  std::vector<Extent> extents;
  std::vector<Pattern> patterns;
};

/// Where windows end: at the newest date of the group that is not after `now`, or at `now`.
enum class Anchor { newest, now };

struct Group {
  std::string name;            ///< `all` for the short form.
  std::vector<Pattern> match;  ///< On the tag, any of them; empty matches every version.
  std::vector<KeepRule> keep;  ///< Never empty.
  std::string per = {};        ///< A capture of every pattern: each value is its own group.
  Anchor anchor = Anchor::newest;
  std::uint32_t min_keep = 1;  ///< 0 only where the anchor is `now`.
};

/// Always on; these values are their defaults.
struct Protections {
  Duration min_age{.exact = std::chrono::hours(1)};
  std::uint32_t rollback = 2;
  Duration soak{.exact = std::chrono::minutes(15)};
  std::vector<Pattern> pin;
};

struct RunLimits {
  std::uint32_t max_deletes = 20;
  std::uint32_t max_percent = 25;                  ///< 1 to 100.
  std::optional<std::uint32_t> approve_over = {};  ///< Below `max_deletes`; none: nobody is asked.
  Duration grace{.exact = std::chrono::hours(24)};
  std::optional<Window> window = {};  ///< In the policy's time zone; none: always.
};

enum class Scope { managed, all };

/// A stretch of time in which a version of a test had all traffic; without an end it goes on.
struct Live {
  Instant from;
  std::optional<Instant> to = {};
};

struct TestVersion {
  std::uint64_t number = 0;
  std::optional<Instant> created_on = {};
  std::string tag = {};
  std::vector<Live> live = {};
  bool pinned = false;
  bool foreign = false;  ///< Not made by this tool.
};

/// A history inside a policy, and what must come of it. Grace, limits and window have no say.
struct RetentionTest {
  std::string name;
  Instant now;
  std::vector<TestVersion> versions;
  std::vector<std::uint64_t> keep;    ///< Numbers. What neither list has may go or stay.
  std::vector<std::uint64_t> remove;  ///< Those that nothing may keep.
};

/// A checked policy (`problems.h`). The first group that matches a version owns it.
struct RetentionPolicy {
  PolicyName name;
  std::string hash;  ///< SHA-256 of the policy's text, hex: any change restarts the grace clocks.
  std::vector<Group> groups;  ///< Never empty; names are unique.
  Protections protect;
  RunLimits limits;
  Scope scope = Scope::managed;
  Zone timezone = {};
  std::vector<RetentionTest> tests = {};
  std::string text = {};  ///< As it was written.
};

/// The first group that matches a tag owns its version; with `per`, what the tag captured.
struct Owner {
  std::size_t group = 0;
  std::optional<std::string> value;
};
std::optional<Owner> owner_of(const RetentionPolicy& policy, std::string_view tag);

/// The group with this name, or that of one of its captured values (`preview/12`); null if none.
const Group* find_group(const RetentionPolicy& policy, std::string_view label);

}  // namespace rollout
