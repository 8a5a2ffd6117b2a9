// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/settle.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/model/trailer.h"

namespace rollout {
namespace {

bool lower_number(const Version& a, const Version& b) {
  return a.number < b.number;
}

}  // namespace

Millis create_allowance(std::uint64_t bytes) {
  constexpr std::uint64_t kMiB = 1024 * 1024;
  const std::uint64_t body = (bytes + 2) / 3 * 4;
  const auto per_size = static_cast<std::int64_t>((body + kMiB - 1) / kMiB);
  return std::chrono::seconds(60) + std::chrono::seconds(per_size);
}

Millis longest_create() {
  return create_allowance(std::uint64_t{64} * 1024 * 1024);
}

Settling start_settling(Tick deadline, const Timing& timing) {
  return {deadline + timing.t_max + timing.list_lag, std::nullopt};
}

std::vector<Version> carriers(const Listing& listing, const BundleDigest& digest) {
  std::vector<Version> found;
  for (const Version& version : listing.versions) {
    const auto trailer = parse_trailer(version.annotations.message);
    if (trailer && trailer->digest == digest) found.push_back(version);
  }
  std::sort(found.begin(), found.end(), lower_number);
  return found;
}

std::vector<Family> duplicates(const Listing& listing) {
  struct Carrier {
    BundleDigest digest;
    const Version* version;
  };
  std::vector<Carrier> carriers;
  for (const Version& version : listing.versions) {
    if (const auto trailer = parse_trailer(version.annotations.message)) {
      carriers.push_back({trailer->digest, &version});
    }
  }
  std::sort(carriers.begin(), carriers.end(), [](const Carrier& a, const Carrier& b) {
    return a.digest != b.digest ? a.digest < b.digest : lower_number(*a.version, *b.version);
  });
  std::vector<Family> families;
  for (std::size_t i = 1; i < carriers.size(); ++i) {
    const Carrier& kept = carriers[i - 1];
    if (carriers[i].digest != kept.digest) continue;
    Family& family = families.emplace_back(kept.digest, *kept.version);
    for (; i < carriers.size() && carriers[i].digest == kept.digest; ++i) {
      family.others.push_back(*carriers[i].version);
    }
  }
  return families;
}

std::string made_by_another(const Intent& intent, const Version& version) {
  if (version.annotations.tag != intent.tag) {
    return fmt::format("its tag is `{}`, and `{}` was sent", version.annotations.tag, intent.tag);
  }
  if (version.annotations.message != intent.message && !intent.message.empty()) {
    return "its message is not the one that was sent";
  }
  return "";
}

Settled settle(const BundleDigest& digest, const Settling& settling, const Listing& listing,
               Tick now, const Timing& timing) {
  std::vector<Version> found = carriers(listing, digest);
  if (!found.empty()) {
    Version lowest = std::move(found.front());
    found.erase(found.begin());
    return Happened{std::move(lowest), std::move(found)};
  }
  if (now < settling.not_before) {
    return StillOpen{{settling.not_before, std::nullopt}, settling.not_before};
  }
  if (!settling.absent_since) {
    return StillOpen{{settling.not_before, now}, now + timing.relist};
  }
  if (now - *settling.absent_since < timing.relist) {
    return StillOpen{settling, *settling.absent_since + timing.relist};
  }
  return DidNotHappen{};
}

}  // namespace rollout
