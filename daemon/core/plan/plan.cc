// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <source_location>

#include "daemon/core/model/ensure.h"
#include "daemon/core/plan/approval.h"
#include "daemon/core/plan/creates.h"
#include "daemon/core/plan/prune.h"

namespace rollout {
namespace {

/// A delete that a crash cut off: the listing says how it ended.
void close_prunes(const Observed& observed, Plan& plan) {
  for (const OpenIntent& open : observed.memory.intents) {
    if (open.intent.kind != IntentKind::prune) continue;
    const auto& versions = observed.listing.versions;
    const bool there = std::any_of(versions.begin(), versions.end(), [&](const Version& version) {
      return version.id == *open.intent.version;
    });
    plan.actions.emplace_back(
        there ? CloseIntent{open, OutcomeKind::failed, "the version is still listed"}
              : CloseIntent{open, OutcomeKind::done, "the version is gone"});
  }
}

/// What went without a delete of ours. An open intent's delete is told when it is closed.
void tell_of_gone(const Observed& observed, Plan& plan) {
  auto still = plan.memory.versions.cbegin();
  const auto end = plan.memory.versions.cend();
  for (const auto& [version, seen] : observed.memory.versions) {
    while (still != end && still->first < version) ++still;
    if (still != end && still->first == version) continue;
    const auto& intents = observed.memory.intents;
    const bool ours = std::any_of(intents.begin(), intents.end(), [&](const OpenIntent& open) {
      return open.intent.kind == IntentKind::prune && open.intent.version == version;
    });
    if (!ours) plan.events.emplace_back(VersionGone{version, seen.number});
  }
}

/// Fault matrix 60: a warning, and no more.
Notice clock_notice(const Observed& observed) {
  return {"ClocksDiffer",
          fmt::format("Cloudflare says it is {}, and this host's clock {}: ages are counted by "
                      "Cloudflare's; set the host's",
                      format_rfc3339(observed.now), format_rfc3339(observed.host_now)),
          std::nullopt};
}

/// By alternative, and within one as they were planned.
std::vector<Action> in_order(std::vector<Action> actions) {
  std::vector<Action> out;
  out.reserve(actions.size());
  for (std::size_t alternative = 0; alternative < std::variant_size_v<Action>; ++alternative) {
    for (Action& action : actions) {
      if (action.index() == alternative) out.push_back(std::move(action));
    }
  }
  return out;
}

/// FNV-1a over what would be written: a short name that changes whenever the plan does.
std::string name_of(const Plan& plan) {
  std::uint32_t hash = 2166136261U;
  const auto mix = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    hash = (hash ^ 0xffU) * 16777619U;
  };
  if (plan.ready.empty()) {
    for (const Action& action : plan.actions) {
      if (const auto* create = std::get_if<CreateVersion>(&action)) mix(create->build.digest.hex());
    }
  } else {
    mix(plan.memory.policy_hash);
  }
  for (const PruneVersion& prune : plan.ready) mix(prune.version.text());
  return fmt::format("p-{:08x}", hash);
}

}  // namespace

bool is_suspended(const Observed& observed) {
  const auto& suspension = observed.memory.suspension;
  return suspension && (!suspension->until || *suspension->until > observed.now);
}

Plan plan(const Observed& observed) {
  Plan plan;
  plan.memory = observed.memory;
  remember_listing(observed, plan.memory);
  tell_of_gone(observed, plan);
  close_prunes(observed, plan);
  plan_creates(observed, plan);
  plan_prune(observed, plan);
  if (clocks_differ(observed)) plan.notices.push_back(clock_notice(observed));
  plan.id = name_of(plan);
  ask_for_approval(observed, plan);
  if (plan.stops.empty()) {
    for (const PruneVersion& prune : plan.ready) plan.actions.emplace_back(prune);
  }
  plan.actions = in_order(std::move(plan.actions));
  return plan;
}

std::string_view to_string(StopCode code) {
  static constexpr std::array<std::string_view, 21> kNames = {
      "ObserveMode",     "Suspended",       "ConfigurationBroken",
      "RootUnavailable", "CreateAmbiguous", "NoCurrentDeployment",
      "SameInstants",    "NumberWentDown",  "EmptyListing",
      "MaxDeletes",      "MaxPercent",      "GroupWouldEmpty",
      "ClockSuspect",    "BadReads",        "ManyCreates",
      "JournalLost",     "PruneHeld",       "OutsideWindow",
      "ApproveOver",     "Ratchet",         "DeployedNotListed"};
  const auto index = static_cast<std::size_t>(code);
  ENSURE(index < kNames.size(), "a stop code must have a name");
  return kNames[index];
}

}  // namespace rollout
