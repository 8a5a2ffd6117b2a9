// SPDX-License-Identifier: Apache-2.0
// One build directory that a person named, read once.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "daemon/app/run.h"
#include "daemon/app/session.h"
#include "daemon/core/model/build.h"
#include "daemon/engine/creating.h"
#include "daemon/ports/build_source.h"
#include "daemon/ports/clock.h"

namespace rollout {

/// `configured` gives the settings that the configuration adds, if it knows the Worker.
struct OneBuildRequest {
  WorkerId worker;
  std::string dir;
  std::optional<std::string> main;
  const WorkerConfig* configured = nullptr;
};

/// The Worker as the configuration has it; none where `name` is empty, there is no configuration
/// (as on a laptop), or it does not know the Worker, which is said.
OrExit<std::optional<WorkerConfig>> configured_worker(const std::string& name, Session& session);

class OneBuild final {
 public:
  OneBuild(const OneBuildRequest& request, Clock& clock);
  ~OneBuild();
  OneBuild(const OneBuild&) = delete;
  OneBuild& operator=(const OneBuild&) = delete;

  /// Naming a directory declares its build finished, so it is `confirmed`; a marker in it must
  /// hold all the same. `invalid` where it cannot become a version, with the reason.
  Result<Build> read();
  Result<std::unique_ptr<ModuleContents>> open(const Build& build);
  Result<AssetReaders> open_assets(const Build& build);

 private:
  Sightings look_until_still();

  Clock& clock_;
  WorkerConfig worker_;
  std::unique_ptr<BuildSource> source_;
};

}  // namespace rollout
