// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/disk_build_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <tuple>

#include "daemon/adapters/disk/assets.h"
#include "daemon/adapters/disk/module_reader.h"
#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/root.h"
#include "daemon/adapters/disk/signature.h"
#include "daemon/adapters/disk/snapshot.h"
#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

constexpr Millis kSoon = std::chrono::seconds(1);

/// Two changes within one tick of an older kernel's clock have the same times: a state is only
/// remembered once it is older than that, with room to spare.
constexpr Millis kCoarsestClock = std::chrono::milliseconds(100);

/// What depends on files outside the build is read again each time.
bool can_be_remembered(const Obstacle& obstacle) {
  return !obstacle.code.starts_with("Facts") && !obstacle.code.starts_with("Config");
}

bool blames_the_marker(const Obstacle& obstacle) {
  return obstacle.code == "MarkerMismatch" || obstacle.code == "MarkerInvalid";
}

/// Walks the directory of the assets where the configuration names one outside the build.
Readable<void> walk_assets(BuildDirectory& build, const BuildConfig& config) {
  TRY_ASSIGN(const auto place, place_of_assets(build.path, std::nullopt, config));
  if (!place || place->folder) return {};
  auto root = open_root(place->path);
  if (!root) {
    return rejected("AssetsMissing",
                    fmt::format("the directory of the static assets: {}", root.error()));
  }
  BuildDirectory assets{place->path, std::move(*root), {}};
  TRY_ASSIGN(assets.tree, walk(assets.fd, assets.path));
  build.assets = std::make_shared<const BuildDirectory>(std::move(assets));
  return {};
}

bool is_unchanged(const BuildDirectory& build) {
  const auto again = walk(build.fd, build.path);
  if (!again || *again != build.tree) return false;
  return build.assets == nullptr || is_unchanged(*build.assets);
}

std::string empty_root(const std::string& path) {
  return fmt::format("the build root {} is empty; is its file system mounted, and was it built?",
                     shown(path));
}

Result<std::unique_ptr<ModuleContents>> open_reader(const WorkerConfig& worker,
                                                    const std::string& path,
                                                    const std::string& folder) {
  auto root = open_root(path);
  if (root) return std::make_unique<ModuleReader>(std::move(*root), path, folder);
  return std::unexpected(Failure{.kind = FailureKind::local,
                                 .during = fmt::format("open the build of {}", worker.id.text()),
                                 .detail = root.error()});
}

/// The modules of a build with assets: two of them lie among the assets.
class WithRules final : public ModuleContents {
 public:
  WithRules(std::unique_ptr<ModuleContents> modules, std::unique_ptr<ModuleContents> assets)
      : modules_(std::move(modules)), assets_(std::move(assets)) {}

  Result<void> read(const Module& module, const Sink& sink) override {
    return (holds_rules(module.name) ? assets_ : modules_)->read(module, sink);
  }

 private:
  std::unique_ptr<ModuleContents> modules_;
  std::unique_ptr<ModuleContents> assets_;
};

}  // namespace

Sightings DiskBuildSource::look(const WorkerConfig& worker) {
  ENSURE(worker.build.has_value(), "only a Worker with a build root can be looked at");
  Gathering out;
  {
    const std::scoped_lock lock(mutex_);
    out.before = std::move(known_[worker.id]);
  }
  const std::string& path = worker.build->path;
  switch (worker.build->layout) {
    case Layout::in_place:
      look_at_root(path, worker, out);
      break;
    case Layout::link:
      if (const auto target = resolve_link(path)) {
        look_at_root(*target, worker, out);
      } else {
        out.sightings.unavailable = target.error();
      }
      break;
    case Layout::per_build:
      look_at_each(path, worker, out);
      break;
  }
  auto& builds = out.sightings.builds;
  std::sort(builds.begin(), builds.end(), [](const Build& a, const Build& b) {
    return std::tie(a.finished_at, a.name) < std::tie(b.finished_at, b.name);
  });
  const std::scoped_lock lock(mutex_);
  known_[worker.id] = std::move(out.known);
  return std::move(out.sightings);
}

void DiskBuildSource::look_at_root(const std::string& path, const WorkerConfig& worker,
                                   Gathering& out) {
  auto root = open_root(path);
  if (!root) {
    out.sightings.unavailable = root.error();
    return;
  }
  BuildDirectory build{path, std::move(*root), {}};
  if (inspect(build, worker, out) == Content::none) out.sightings.unavailable = empty_root(path);
  if (out.sightings.builds.empty()) out.sightings.unfinished.push_back(path);
}

void DiskBuildSource::look_at_each(const std::string& path, const WorkerConfig& worker,
                                   Gathering& out) {
  const auto root = open_root(path);
  if (!root) {
    out.sightings.unavailable = root.error();
    return;
  }
  const auto names = sub_directories(*root, path);
  if (!names) {
    out.sightings.unavailable = names.error().detail;
    return;
  }
  if (names->empty()) out.sightings.unavailable = empty_root(path);
  for (const std::string& name : *names) {
    BuildDirectory build{fmt::format("{}/{}", path, name), open_directory(root->get(), name), {}};
    const std::size_t before = out.sightings.builds.size();
    if (!is_clean_name(name)) {
      out.sightings.rejected.push_back(
          {build.path, "BadName",
           fmt::format("the name of {} is not UTF-8, or has control characters; rename it",
                       shown(build.path))});
      continue;  // No journal can keep such a name.
    }
    if (build.fd.valid()) {
      inspect(build, worker, out);
    } else if (errno == ENOENT || errno == ENOTDIR) {
      look_again_in(kSoon, out);
    } else {
      out.sightings.rejected.push_back(
          {build.path, "Unreadable",
           fmt::format("{} cannot be read: {}", shown(build.path), errno_text(errno))});
    }
    if (out.sightings.builds.size() == before) out.sightings.unfinished.push_back(build.path);
  }
}

void DiskBuildSource::refuse(const BuildDirectory& build, const Obstacle& obstacle,
                             Gathering& out) {
  if (obstacle.moving()) {
    look_again_in(kSoon, out);
  } else {
    out.sightings.rejected.push_back({build.path, obstacle.code, obstacle.detail});
  }
}

DiskBuildSource::Content DiskBuildSource::inspect(BuildDirectory& build, const WorkerConfig& worker,
                                                  Gathering& out) {
  if (std::holds_alternative<ReadyMarker>(worker.build->ready) && !has_marker(build.fd)) {
    return is_empty(build.fd) ? Content::none : Content::some;
  }
  const Instant walked_at = clock_.now();
  auto tree = walk(build.fd, build.path);
  if (!tree) {
    refuse(build, tree.error(), out);
    return Content::some;
  }
  build.tree = std::move(*tree);
  if (build.tree.files.empty()) return Content::none;
  if (const auto elsewhere = walk_assets(build, *worker.build); !elsewhere) {
    refuse(build, elsewhere.error(), out);
    return Content::some;
  }

  Known known{signature(build, worker), std::nullopt, std::nullopt};
  const auto before = out.before.find(build.path);
  bool remember = build.youngest() + kCoarsestClock <= walked_at;
  if (before != out.before.end() && before->second.signature == known.signature) {
    known = std::move(before->second);
    remember = true;
  } else {
    const auto read = read_when_ready(build, worker, out);
    if (!read) return Content::some;
    if (!is_unchanged(build) || (!*read && read->error().moving())) {
      look_again_in(kSoon, out);
      return Content::some;
    }
    if (*read) {
      known.build = **read;
    } else {
      const Obstacle& obstacle = read->error();
      known.rejected = RejectedBuild{build.path, obstacle.code, obstacle.detail};
      remember = remember && can_be_remembered(obstacle);
      // Perhaps a rebuild over a marked build is under way.
      if (blames_the_marker(obstacle)) look_again_in(kSoon, out);
    }
  }
  if (known.build) out.sightings.builds.push_back(*known.build);
  if (known.rejected) out.sightings.rejected.push_back(*known.rejected);
  if (remember) out.known.insert_or_assign(build.path, std::move(known));
  return Content::some;
}

std::optional<Readable<Build>> DiskBuildSource::read_when_ready(const BuildDirectory& build,
                                                                const WorkerConfig& worker,
                                                                Gathering& out) {
  const auto* quiet = std::get_if<ReadyQuiet>(&worker.build->ready);
  if (quiet == nullptr) return read_marked(build, worker);
  if (has_marker(build.fd)) {
    auto marked = read_marked(build, worker);
    if (marked || !blames_the_marker(marked.error())) return marked;
  }
  const Millis age = clock_.now() - build.youngest();
  if (age >= quiet->quiet) return read_quiet(build, worker);
  look_again_in(std::min(quiet->quiet - age, quiet->quiet), out);
  return std::nullopt;
}

void DiskBuildSource::look_again_in(Millis delay, Gathering& out) {
  const Tick when = clock_.tick() + delay;
  auto& look_again = out.sightings.look_again;
  look_again = look_again ? std::min(*look_again, when) : when;
}

Result<std::unique_ptr<ModuleContents>> DiskBuildSource::open(const WorkerConfig& worker,
                                                              const Build& build) {
  TRY_ASSIGN(auto modules, open_reader(worker, build.root, build.module_folder));
  if (build.assets == nullptr) return modules;
  TRY_ASSIGN(auto assets, open_reader(worker, build.assets->root, build.assets->folder));
  return std::make_unique<WithRules>(std::move(modules), std::move(assets));
}

Result<std::unique_ptr<ModuleContents>> DiskBuildSource::open_assets(const WorkerConfig& worker,
                                                                     const Build& build) {
  ENSURE(build.assets != nullptr, "only a build with assets has some to read");
  return open_reader(worker, build.assets->root, build.assets->folder);
}

}  // namespace rollout
