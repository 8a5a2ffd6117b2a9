// SPDX-License-Identifier: Apache-2.0
// The host's build directories: builds that appear, are rewritten, half written, or out of reach.
#pragma once

#include <map>
#include <set>

#include "daemon/ports/build_source.h"
#include "tests/sim/world.h"

namespace rollout {

/// One published marker.
struct Published {
  BundleDigest digest;
  Instant finished_at{};
  bool taggable = true;  ///< False: a fact that the tagging policy needs is missing.
};

class SimDisk final : public BuildSource {
 public:
  explicit SimDisk(World& world) : world_(world) {}

  Sightings look(const WorkerConfig& worker) override;
  Result<std::unique_ptr<ModuleContents>> open(const WorkerConfig& worker,
                                               const Build& build) override;
  Result<std::unique_ptr<ModuleContents>> open_assets(const WorkerConfig& worker,
                                                      const Build& build) override;

  // What happens on the host.
  /// A builder starts: in place, the old build is gone; in a directory of its own, it stays.
  void start_build(const WorkerId& worker);
  /// The marker is published. `number` says which sources were built: equal numbers give equal
  /// digests.
  Published finish_build(const WorkerId& worker, std::uint32_t number);
  void set_reachable(const WorkerId& worker, bool reachable) {
    roots_[worker].reachable = reachable;
  }

  /// What is finished and on disk now.
  std::vector<Published> published(const WorkerId& worker) const;
  /// How often a marker was published for a digest, so far.
  std::uint64_t generations(const WorkerId& worker, const BundleDigest& digest) const;

 private:
  struct Root {
    std::vector<Build> builds;
    bool writing = false;
    bool reachable = true;
    std::map<BundleDigest, std::uint64_t> generations;
  };
  World& world_;
  std::map<WorkerId, Root> roots_;
};

}  // namespace rollout
