// SPDX-License-Identifier: Apache-2.0
// What makes a listing suspect, each from an incident (policies.md, "Incidents").
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "daemon/core/plan/prune.h"

namespace rollout {
namespace {

constexpr std::size_t kSameInstants = 5;

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
  if (const auto crowd = largest_crowd(observed.listing);
      crowd >= kSameInstants && crowd * 2 > versions.size()) {
    stops.push_back({StopCode::SameInstants,
                     fmt::format("{} of {} versions claim to be created at the same instant", crowd,
                                 versions.size())});
  }
  return stops;
}

bool may_be_short(const Observed& observed) {
  return highest_number(observed.listing) < observed.memory.highest_number;
}

void remember_listing(const Observed& observed, Memory& memory) {
  // What is seen next is compared with what is seen now, so that a deleted newest version stops
  // pruning for a while and not for ever.
  memory.highest_number = highest_number(observed.listing);
  memory.had_deployment = !observed.deployments.deployments.empty();
  if (may_be_short(observed)) return;
  std::map<VersionId, SeenVersion> seen;
  for (const Version& version : observed.listing.versions) {
    const auto known = memory.versions.find(version.id);
    seen.emplace(version.id, known == memory.versions.end()
                                 ? SeenVersion{observed.now, std::nullopt, false}
                                 : known->second);
  }
  memory.versions = std::move(seen);
  std::erase_if(memory.pins, [&](const auto& pin) {
    return !memory.versions.contains(pin.first) ||
           (pin.second.until && *pin.second.until <= observed.now);
  });
}

}  // namespace rollout
