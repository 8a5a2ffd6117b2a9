// SPDX-License-Identifier: Apache-2.0
// Builders of versions and what was done with them: `a_version(7).aged(40h).tagged("v7")`.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/model/deployment.h"
#include "daemon/core/model/trailer.h"
#include "daemon/core/model/version.h"

namespace rollout {

/// The present of all builders.
inline const Instant kNow = *parse_rfc3339("2026-03-10T12:00:00Z");

inline VersionId version_id(std::uint64_t number) {
  return *VersionId::parse(
      fmt::format("{:08x}-0000-4000-8000-{:012x}", number * 2654435761 & 0xFFFFFFFFU, number));
}

/// A digest that belongs to the version with this number.
inline BundleDigest digest_of(std::uint64_t number) {
  Sha256::Raw raw{};
  for (std::size_t i = 0; i < 8; ++i) raw[i] = static_cast<std::byte>(number >> (8 * i));
  return {Sha256(raw)};
}

/// A version of ours, a day old and never deployed, unless it is said otherwise.
class VersionBuilder final {
 public:
  explicit VersionBuilder(std::uint64_t number)
      : version_{version_id(number), number, kNow - std::chrono::hours(24), {}, {}, {}, {}} {
    version_.annotations.message =
        with_trailer("a build", {digest_of(number), PolicyName("release")});
  }
  VersionBuilder& aged(Millis age) { return created(kNow - age); }
  VersionBuilder& created(std::optional<Instant> when) {
    version_.created_on = when;
    return *this;
  }
  VersionBuilder& tagged(std::string tag) {
    version_.annotations.tag = std::move(tag);
    return *this;
  }
  /// Made by another tool: its message has no trailer.
  VersionBuilder& foreign() {
    version_.annotations.message = "by hand";
    return *this;
  }
  /// It had all traffic, or a share of it, from then until then.
  VersionBuilder& served(Millis from_ago, Millis to_ago, double percentage = 100) {
    services_.push_back({version_.id, kNow - from_ago, kNow - to_ago, percentage});
    return *this;
  }
  /// Serves with all traffic since its creation.
  VersionBuilder& deployed() { return deployed_since(kNow - *version_.created_on); }
  VersionBuilder& deployed_since(Millis ago, double percentage = 100) {
    services_.push_back({version_.id, kNow - ago, std::nullopt, percentage});
    return *this;
  }

  const Version& version() const { return version_; }
  const std::vector<Service>& services() const { return services_; }

 private:
  Version version_;
  std::vector<Service> services_;
};

inline VersionBuilder a_version(std::uint64_t number) {
  return VersionBuilder(number);
}

inline Deployment a_deployment(std::optional<Instant> created_on, std::vector<Share> shares) {
  Deployment deployment;
  deployment.created_on = created_on;
  deployment.versions = std::move(shares);
  return deployment;
}

/// The deployments, newest first, that give these stretches of service. Where nothing serves, a
/// version that is not listed does.
inline DeploymentHistory deployments_of(const std::vector<Service>& services) {
  std::vector<Instant> changes;
  for (const Service& service : services) {
    changes.push_back(service.from);
    if (service.to) changes.push_back(*service.to);
  }
  std::sort(changes.begin(), changes.end(), std::greater<>());
  changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
  DeploymentHistory history;
  for (const Instant change : changes) {
    std::vector<Share> shares;
    for (const Service& service : services) {
      if (service.from > change || (service.to && *service.to <= change)) continue;
      shares.push_back({service.version, service.percentage});
    }
    if (shares.empty()) shares.push_back({version_id(999999), 100});
    history.deployments.push_back(a_deployment(change, std::move(shares)));
  }
  return history;
}

}  // namespace rollout
