// SPDX-License-Identifier: Apache-2.0
// A directory of a test's own, a Worker that builds into it, and a clock that is stepped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/adapters/disk/disk_build_source.h"
#include "daemon/adapters/disk/write_marker.h"
#include "daemon/core/plan/config.h"
#include "daemon/ports/clock.h"

namespace rollout {

class SteppedClock final : public Clock {
 public:
  Instant now() override { return wall; }
  Tick tick() override { return boot; }
  void step(Millis by) {
    wall += by;
    boot += by;
  }
  Instant wall{};
  Tick boot{};
};

/// Removed with everything in it at its end.
class BuildDir {
 public:
  BuildDir();
  ~BuildDir();
  BuildDir(const BuildDir&) = delete;
  BuildDir& operator=(const BuildDir&) = delete;

  const std::string& path() const { return path_; }
  std::string at(std::string_view name) const { return path_ + "/" + std::string(name); }
  /// In place, as bundlers write; directories are made.
  void write(std::string_view name, std::string_view text) const;
  std::string read(std::string_view name) const;
  void remove(std::string_view name) const;
  /// `rolloutctl mark` on `name` below, "" for the directory itself; it must succeed.
  MarkSummary mark(std::string_view name = "", std::optional<std::string> main = {}) const;
  /// The time of the last change of any file or directory in it.
  Instant last_change() const;

 private:
  std::string path_;
};

WorkerConfig worker_of(const std::string& path, Layout layout = Layout::in_place,
                       Ready ready = ReadyMarker{});

/// `index.js application/javascript+module` for each module.
std::vector<std::string> names_and_types(const Build& build);

/// All bytes of a module, or the failure's sentence.
std::string content(BuildSource& source, const WorkerConfig& worker, const Build& build,
                    std::string_view module);

/// The codes of what was rejected.
std::vector<std::string> codes(const Sightings& sightings);

}  // namespace rollout
