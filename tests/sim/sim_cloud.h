// SPDX-License-Identifier: Apache-2.0
// The truth at the service: the emulator's `Cloud`, what its listings showed when, and which
// versions came from where.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "daemon/core/model/build.h"
#include "daemon/core/model/deployment.h"
#include "daemon/core/model/version.h"
#include "tests/sim/settings.h"
#include "tests/sim/world.h"

namespace rollout {

class Cloud;

class SimCloud {
 public:
  SimCloud(World& world, const Setup& setup, std::uint64_t seed);
  ~SimCloud();
  SimCloud(const SimCloud&) = delete;
  SimCloud& operator=(const SimCloud&) = delete;

  Version create(const WorkerId& worker, const std::string& tag, const std::string& message);
  enum class Removal { done, gone, refused };
  Removal remove(const WorkerId& worker, const VersionId& version);
  void deploy(const WorkerId& worker, const std::vector<Share>& shares);
  /// From now on its date cannot be read.
  void undate(const WorkerId& worker, const VersionId& version);

  /// As they are, highest number first.
  const std::vector<Version>& versions(const WorkerId& worker) const;
  /// As a listing showed them at that time, at most `list_lag` ago.
  const std::vector<Version>& versions_at(const WorkerId& worker, Tick when) const;
  const DeploymentHistory& deployments(const WorkerId& worker) const;
  std::set<VersionId> serving(const WorkerId& worker) const;
  const Version* find(const WorkerId& worker, const VersionId& version) const;
  std::vector<Version> carriers(const WorkerId& worker, const BundleDigest& digest) const;

 private:
  struct Shown {
    Tick from{};
    std::vector<Version> versions;
  };
  struct Account {
    std::deque<Shown> shown;  ///< Oldest first; never empty.
    DeploymentHistory deployments;
    std::set<VersionId> undated;
  };
  void show(const WorkerId& worker);

  World& world_;
  Setup setup_;
  SimRandom random_;
  std::unique_ptr<Cloud> cloud_;
  std::map<WorkerId, Account> workers_;
};

/// What the checker takes for ours: the last line of the message, read without the product's code.
std::optional<std::string> build_in(const std::string& message);
inline std::optional<std::string> build_in(const Version& version) {
  return build_in(version.annotations.message);
}

}  // namespace rollout
