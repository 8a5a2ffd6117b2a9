// SPDX-License-Identifier: Apache-2.0
// What makes a listing suspect, each from an incident (policies.md, "Incidents").
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "daemon/core/plan/prune.h"

namespace rollout {
namespace {

constexpr std::size_t kSameInstants = 5;
constexpr Millis kDateTolerance = std::chrono::seconds(30);
constexpr Millis kClocksApart = std::chrono::minutes(5);
constexpr Millis kBelieved = std::chrono::hours(1);
/// A version that Cloudflare refused to delete is not asked for again before.
constexpr Millis kRefusalHolds = std::chrono::hours(24);
/// A pin whose version is not listed for so long is dropped with it.
constexpr Millis kPinOutlives = std::chrono::hours(24);

bool has_looked_short_for(const Observed& observed, Millis time) {
  return observed.short_since && observed.tick - *observed.short_since >= time;
}

std::uint64_t highest_number(const Listing& listing) {
  std::uint64_t highest = 0;
  for (const Version& version : listing.versions) highest = std::max(highest, version.number);
  return highest;
}

/// The largest number of versions that share one instant.
std::size_t largest_crowd(const Listing& listing) {
  std::map<Instant, std::size_t> crowds;
  std::size_t largest = 0;
  for (const Version& version : listing.versions) {
    if (version.created_on) largest = std::max(largest, ++crowds[*version.created_on]);
  }
  return largest;
}

/// What serves now and the listing does not show: a listing that lags behind, or the deployments of
/// another Worker.
const Share* unlisted_share(const Observed& observed) {
  if (observed.deployments.deployments.empty()) return nullptr;
  const auto& shares = observed.deployments.deployments.front().versions;
  const auto& versions = observed.listing.versions;
  const auto found = std::find_if(shares.begin(), shares.end(), [&](const Share& share) {
    return std::none_of(versions.begin(), versions.end(),
                        [&](const Version& version) { return version.id == share.version; });
  });
  return found == shares.end() ? nullptr : &*found;
}

/// One listing may lack a version that is there; those of a day do not.
void drop_pins_of_the_gone(Millis elapsed, Memory& memory) {
  for (auto& [version, pin] : memory.pins) {
    if (memory.versions.contains(version)) {
      pin.missing_for.reset();
    } else {
      pin.missing_for = pin.missing_for ? *pin.missing_for + elapsed : Millis(0);
    }
  }
  std::erase_if(memory.pins, [](const auto& pin) {
    return pin.second.missing_for.value_or(Millis(0)) >= kPinOutlives;
  });
}

}  // namespace

std::vector<Stop> suspicions(const Observed& observed) {
  std::vector<Stop> stops;
  const auto& versions = observed.listing.versions;
  const Memory& memory = observed.memory;
  if (versions.empty() && memory.highest_number > 0) {
    stops.push_back({StopCode::EmptyListing,
                     fmt::format("the listing is empty, though it reached version {} before",
                                 memory.highest_number)});
  } else if (const auto highest = highest_number(observed.listing);
             highest < memory.highest_number) {
    stops.push_back(
        {StopCode::NumberWentDown, fmt::format("the highest number is {}, and was {} before",
                                               highest, memory.highest_number)});
  }
  if (observed.deployments.deployments.empty() && memory.had_deployment) {
    stops.push_back(
        {StopCode::NoCurrentDeployment, "nothing is deployed, though something was before"});
  }
  if (const Share* share = unlisted_share(observed)) {
    stops.push_back({StopCode::DeployedNotListed,
                     fmt::format("version {} is deployed and not listed: the listing lags behind, "
                                 "or these are another Worker's deployments",
                                 share->version.text())});
  }
  if (const auto crowd = largest_crowd(observed.listing);
      crowd >= kSameInstants && crowd * 2 > versions.size()) {
    stops.push_back({StopCode::SameInstants,
                     fmt::format("{} of {} versions claim to be created at the same instant", crowd,
                                 versions.size())});
  }
  return stops;
}

bool times_agree(const Observed& observed) {
  const auto& listed = observed.listing.server_time;
  const auto& deployed = observed.deployments.server_time;
  if (listed && deployed) {
    const Millis apart = *deployed - *listed;
    const Millis at_most = observed.tick - observed.listing_asked;
    return apart >= -kDateTolerance && apart <= at_most + kDateTolerance;
  }
  if (!listed && !deployed) return true;
  return !clocks_differ(observed);
}

bool clocks_differ(const Observed& observed) {
  const Millis apart = observed.now - observed.host_now;
  return apart > kClocksApart || apart < -kClocksApart;
}

bool looks_short(const Observed& observed) {
  const bool vanished = observed.memory.had_deployment && observed.deployments.deployments.empty();
  return vanished || highest_number(observed.listing) < observed.memory.highest_number;
}

bool may_be_short(const Observed& observed) {
  // What is still missing after the longest lag of a listing is gone.
  return looks_short(observed) &&
         !has_looked_short_for(observed, observed.account->timing.list_lag);
}

void remember_listing(const Observed& observed, Memory& memory) {
  std::erase_if(memory.pins, [&](const auto& pin) {
    return pin.second.until && *pin.second.until <= observed.now;
  });
  // A listing that lacks something teaches nothing until it has said the same for an hour: what is
  // forgotten over a bad one, such as when a version was first seen, does not come back.
  if (looks_short(observed) && !has_looked_short_for(observed, kBelieved)) return;
  memory.highest_number = highest_number(observed.listing);
  memory.had_deployment = !observed.deployments.deployments.empty();
  const Millis elapsed = observed.elapsed;
  // Both in the order of the ids, side by side: a look-up of each would miss the cache each time.
  std::vector<std::pair<VersionId, std::uint64_t>> listed;
  listed.reserve(observed.listing.versions.size());
  for (const Version& version : observed.listing.versions) {
    listed.emplace_back(version.id, version.number);
  }
  std::sort(listed.begin(), listed.end());
  auto& versions = memory.versions;
  auto seen = versions.begin();
  for (const auto& [id, number] : listed) {
    while (seen != versions.end() && seen->first < id) seen = versions.erase(seen);
    if (seen == versions.end() || seen->first != id) {
      seen = versions.emplace_hint(seen, id, SeenVersion());
      seen->second.first_seen = observed.now;
    }
    SeenVersion& now = seen->second;
    now.number = number;
    // What it was refused for may be over by then.
    if (now.refused) now.refused_for += elapsed;
    if (now.refused_for >= kRefusalHolds) now.refused = false;
    if (!now.refused) now.refused_for = {};
    ++seen;
  }
  versions.erase(seen, versions.end());
  drop_pins_of_the_gone(elapsed, memory);
}

}  // namespace rollout
