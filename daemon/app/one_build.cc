// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/one_build.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "daemon/adapters/disk/disk_build_source.h"
#include "daemon/adapters/system/trigger_queue.h"
#include "daemon/app/session.h"

namespace rollout {
namespace {

/// A build that was written a moment ago is still for its second look, a second later.
constexpr int kLooks = 4;
/// The kernel stamps files by a clock that may be a few milliseconds behind.
constexpr Millis kPause(100);

/// Without `/` at the end: the last part of the path is the build's name.
std::string absolute(const std::string& dir) {
  std::error_code error;
  std::filesystem::path path = std::filesystem::absolute(dir, error).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  return path.string();
}

Ready ready_of(const std::string& dir) {
  std::error_code error;
  if (std::filesystem::exists(dir + "/.rollout.json", error)) return ReadyMarker{};
  return ReadyQuiet{.quiet = Millis(0)};
}

/// What the disk says of the configuration's key is said of the flag here.
std::string with_flags(std::string detail) {
  for (const std::string_view key : {"`build.main` or `rolloutctl mark --main`", "`build.main`"}) {
    for (std::size_t at = detail.find(key); at != std::string::npos; at = detail.find(key)) {
      detail.replace(at, key.size(), "`--main`");
    }
  }
  return detail;
}

Failure not_a_build(const std::string& dir, std::string detail) {
  return {
      .kind = FailureKind::invalid, .during = "read the build " + dir, .detail = std::move(detail)};
}

}  // namespace

OrExit<std::optional<WorkerConfig>> configured_worker(const std::string& name, Session& session) {
  std::error_code error;
  if (name.empty() || !std::filesystem::exists(session.options().config, error)) return {};
  TRY_ASSIGN(const Config config, session.config());
  const auto found = std::ranges::find(config.workers, WorkerId(name), &WorkerConfig::id);
  if (found != config.workers.end()) return *found;
  session.console().say(
      fmt::format("{} does not configure {}: its settings are not part of this "
                  "digest",
                  session.options().config, name));
  return {};
}

OneBuild::OneBuild(const OneBuildRequest& request, Clock& clock)
    : clock_(clock), source_(std::make_unique<DiskBuildSource>(clock)) {
  if (request.configured != nullptr) worker_ = *request.configured;
  BuildConfig build;
  if (worker_.build) build = *worker_.build;
  build.path = absolute(request.dir);
  build.layout = Layout::in_place;
  build.ready = ready_of(build.path);
  if (request.main) build.main = request.main;
  worker_.id = request.worker;
  worker_.build = std::move(build);
}

OneBuild::~OneBuild() = default;

Result<Build> OneBuild::read() {
  const Sightings seen = look_until_still();
  const std::string& dir = worker_.build->path;
  if (seen.unavailable) return std::unexpected(not_a_build(dir, *seen.unavailable));
  if (!seen.rejected.empty())
    return std::unexpected(
        not_a_build(dir, fmt::format("{} ({})", with_flags(seen.rejected.front().detail),
                                     seen.rejected.front().code)));
  if (seen.builds.empty())
    return std::unexpected(
        not_a_build(dir, "it changes while it is read; try again when the build is finished"));
  Build build = seen.builds.back();
  build.confidence = Confidence::confirmed;
  return build;
}

Sightings OneBuild::look_until_still() {
  TriggerQueue pause;
  for (int look = 1;; ++look) {
    Sightings seen = source_->look(worker_);
    if (!seen.builds.empty() || !seen.look_again || look == kLooks) return seen;
    pause.wait_until(std::max(*seen.look_again, clock_.tick() + kPause));
  }
}

Result<std::unique_ptr<ModuleContents>> OneBuild::open(const Build& build) {
  return source_->open(worker_, build);
}

Result<AssetReaders> OneBuild::open_assets(const Build& build) {
  return rollout::open_assets(*source_, worker_, build);
}

}  // namespace rollout
