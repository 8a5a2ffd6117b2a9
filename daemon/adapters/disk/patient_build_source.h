// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "daemon/ports/build_source.h"

namespace rollout {

/// Asks another source in a reader thread and waits no longer than the Worker's `timeout`: a file
/// system that hangs must not stop a lane. Past it the root is `unavailable`, and stays so until
/// its reader returns; what that reader finds is dropped. Readers cannot be ended from outside, so
/// they may outlive this object: whatever `inner` refers to must live as long as the process.
/// The pieces of an opened build are waited for in the same way; where one does not come, the read
/// fails with `local`. Any thread may call; `inner` is called from
/// several threads at once, though never twice at a time for one Worker, but to read its assets.
class PatientBuildSource final : public BuildSource {
 public:
  explicit PatientBuildSource(std::unique_ptr<BuildSource> inner);

  Sightings look(const WorkerConfig& worker) override;
  Result<std::unique_ptr<ModuleContents>> open(const WorkerConfig& worker,
                                               const Build& build) override;
  Result<std::unique_ptr<ModuleContents>> open_assets(const WorkerConfig& worker,
                                                      const Build& build) override;

 private:
  struct Shared;
  class Contents;

  Result<std::unique_ptr<ModuleContents>> open_with(
      const WorkerConfig& worker, std::size_t readers,
      const std::function<Result<std::unique_ptr<ModuleContents>>(BuildSource&)>& open);

  std::shared_ptr<Shared> shared_;
};

}  // namespace rollout
