// SPDX-License-Identifier: Apache-2.0
// What one run is made of: each run draws its own faults and its own configuration, so that every
// combination comes up and none drowns the others.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "daemon/core/plan/config.h"
#include "tests/sim/tape.h"

namespace rollout {

/// The truth about the service, which the configuration repeats (unless a bug is planted).
struct Truth {
  Millis t_max = std::chrono::seconds(60);
  Millis list_lag = std::chrono::seconds(120);
};

/// Each number: once in so many calls; 0: never.
struct Faults {
  std::uint32_t read_fails = 0;       ///< 5xx or a reset on a read.
  std::uint32_t read_malformed = 0;   ///< No JSON, or a torn listing.
  std::uint32_t read_stale = 0;       ///< A listing as it was up to `list_lag` ago.
  std::uint32_t throttled = 0;        ///< 429.
  std::uint32_t create_not_sent = 0;  ///< Refused connection.
  std::uint32_t create_dropped = 0;   ///< 5xx before the effect.
  std::uint32_t create_lost = 0;      ///< The answer is lost, after the effect.
  std::uint32_t create_late = 0;      ///< The answer is lost, and the effect comes later.
  std::uint32_t create_refused = 0;   ///< 4xx.
  std::uint32_t identity_lost = 0;    ///< The stored message has no trailer.
  std::uint32_t remove_lost = 0;      ///< The answer to a DELETE is lost, after the effect.
  std::uint32_t remove_dropped = 0;   ///< ... before the effect.
  std::uint32_t remove_refused = 0;
  std::uint32_t deployed_meanwhile = 0;  ///< Between the last look and the DELETE.
  std::uint32_t undated = 0;             ///< A version whose date cannot be read.
  std::uint32_t policy_unreadable = 0;   ///< The text of a former policy.
  std::uint32_t crash = 0;
  std::uint32_t journal_lost = 0;  ///< At a crash.
  std::uint32_t event_lost = 0;    ///< A change on disk that nobody tells of.
  bool outages = false;
  bool token_refused = false;
  bool disk_full = false;
  bool clock_steps = false;
};
Faults draw_faults(Tape& tape);

struct Setup {
  Truth truth;
  Faults faults;
  bool grouped = false;         ///< The retention policy has groups.
  std::uint32_t keep_last = 4;  ///< Of the first edition of the policy.
  bool windowed = false;
  std::optional<std::uint32_t> approve_over;
  bool delete_deployed_allowed = false;
  Duplicates duplicates = Duplicates::report;
};
Setup draw_setup(Tape& tape);

inline const AccountName kAccount{"main"};
inline const WorkerId kShop{"shop"};  ///< Builds in place.
inline const WorkerId kBlog{"blog"};  ///< A directory per build.

/// What a run's policies promise; the checker holds the daemon to these values.
inline constexpr Millis kGrace = std::chrono::hours(24);
inline constexpr Millis kMinAge = std::chrono::hours(1);
inline constexpr std::uint32_t kMaxDeletes = 5;
inline constexpr std::uint32_t kMaxPercent = 40;

/// One text of the retention policy, which is that of both Workers.
struct PolicyEdition {
  std::uint32_t number = 1;  ///< Counts changes.
  std::uint32_t keep_last = 4;
};
std::string hash_of(const PolicyEdition& edition);
/// The edition that such a policy is.
PolicyEdition edition_of(const std::string& text);
std::shared_ptr<const RetentionPolicy> make_policy(const Setup& setup, const std::string& text);

/// `generation` counts configurations.
struct Edition {
  std::uint64_t generation = 1;
  PolicyEdition policy;
  Mode mode = Mode::enforce;
};
std::shared_ptr<Config> make_config(const Setup& setup, const Edition& edition);

}  // namespace rollout
