// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "daemon/adapters/disk/main_module.h"
#include "daemon/adapters/disk/obstacle.h"
#include "daemon/core/model/ids.h"
#include "daemon/ports/build_source.h"
#include "daemon/ports/clock.h"

namespace rollout {

/// Builds in directories of this host. A directory is a build when its marker is there (`ready:
/// marker`), or when it has been quiet for long enough (`ready: { quiet }`, where a marker that
/// holds confirms at once). It is read like a seqlock: what moves while it is read is looked at
/// again a second later and is never a build. A directory whose files have the same identities,
/// sizes and times as at the last look is not read again.
///
/// In-place and linked roots are one build each; of a per-build root every sub-directory is one,
/// hidden ones and symbolic links aside. A root that is missing, unreadable or empty is
/// `unavailable`. Any thread may call; a look blocks as long as the disk does.
class DiskBuildSource final : public BuildSource {
 public:
  explicit DiskBuildSource(Clock& clock) : clock_(clock) {}

  Sightings look(const WorkerConfig& worker) override;
  Result<std::unique_ptr<ModuleContents>> open(const WorkerConfig& worker,
                                               const Build& build) override;
  Result<std::unique_ptr<ModuleContents>> open_assets(const WorkerConfig& worker,
                                                      const Build& build) override;

 private:
  /// What the last look at one directory came to, and the state of the files it is true for.
  struct Known {
    Sha256 signature;
    std::optional<Build> build;
    std::optional<RejectedBuild> rejected;
  };
  using KnownRoots = std::map<std::string, Known>;

  /// What one look gathers; `known` replaces the Worker's cache at its end.
  struct Gathering {
    Sightings sightings;
    KnownRoots before, known;
  };

  enum class Content { some, none };
  void look_at_root(const std::string& path, const WorkerConfig& worker, Gathering& out);
  void look_at_each(const std::string& path, const WorkerConfig& worker, Gathering& out);
  Content inspect(BuildDirectory& build, const WorkerConfig& worker, Gathering& out);
  std::optional<Readable<Build>> read_when_ready(const BuildDirectory& build,
                                                 const WorkerConfig& worker, Gathering& out);
  void refuse(const BuildDirectory& build, const Obstacle& obstacle, Gathering& out);
  void look_again_in(Millis delay, Gathering& out);

  Clock& clock_;
  std::mutex mutex_;
  std::map<WorkerId, KnownRoots> known_;  ///< Guarded by `mutex_`.
};

}  // namespace rollout
