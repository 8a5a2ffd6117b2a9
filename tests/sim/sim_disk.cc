// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/sim_disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/codec/sha256.h"
#include "tests/sim/settings.h"

namespace rollout {
namespace {

constexpr std::uint32_t kEveryWithAssets = 3;
constexpr std::size_t kDirectories = 3;  // A builder removes older ones.

std::string source_of(const WorkerId& worker, std::uint32_t number) {
  return fmt::format("export default {{ name: '{}', build: {} }}", worker.text(), number);
}

/// Two files, the first of which all builds have.
std::shared_ptr<const AssetSet> make_assets(std::uint32_t number) {
  AssetSet set;
  for (const std::string& text : {std::string("the same"), fmt::format("page {}", number)}) {
    set.files.push_back({.file = {text, "text/html", text.size(), sha256(text)}, .hash = text});
    set.bytes += text.size();
  }
  return std::make_shared<const AssetSet>(std::move(set));
}

Build make_build(const WorkerId& worker, std::uint32_t number, Instant finished_at) {
  const std::string source = source_of(worker, number);
  const Sha256 hash = sha256(source);
  Build build{.digest = {sha256("build of " + source)},
              .name = fmt::format("build-{}", number),
              .root = fmt::format("/srv/{}/build-{}", worker.text(), number),
              .main_module = "index.js",
              .modules = {{"index.js", "application/javascript+module", source.size(), hash}},
              .assets = number % kEveryWithAssets == 0 ? make_assets(number) : nullptr,
              .settings = {},
              .bytes = source.size(),
              .finished_at = finished_at,
              .confidence = Confidence::confirmed,
              .facts = {}};
  // A mark by which the service knows a create whose assets are missing.
  if (build.assets) build.modules.front().name = build.main_module.emplace("with-assets.js");
  constexpr std::array<const char*, 4> kSeries = {"v", "p", "x", "v"};
  if (number % 13 != 12) {
    build.facts["git.tag"] = {fmt::format("{}{}", kSeries[number % 4], number), "the marker"};
  }
  return build;
}

bool same_generation(const Build& a, const Build& b) {
  return a.digest == b.digest && a.finished_at == b.finished_at;
}

class SimContents final : public ModuleContents {
 public:
  SimContents(std::function<bool()> unchanged) : unchanged_(std::move(unchanged)) {}

  Result<void> read(const Module& module, const Sink& sink) override {
    if (!unchanged_()) {
      return std::unexpected(Failure{.kind = FailureKind::invalid,
                                     .during = "read " + module.name,
                                     .detail = "it is no longer what was hashed"});
    }
    const std::string bytes(module.size, 'x');
    sink(std::as_bytes(std::span(bytes)));
    return {};
  }

 private:
  std::function<bool()> unchanged_;
};

}  // namespace

Sightings SimDisk::look(const WorkerConfig& worker) {
  world_.may_crash("look");
  const Root& root = roots_[worker.id];
  Sightings sightings;
  if (!root.reachable) {
    sightings.unavailable = fmt::format("{} cannot be read", worker.build->path);
    return sightings;
  }
  sightings.builds = root.builds;
  if (root.writing) {
    sightings.look_again = world_.tick() + std::chrono::minutes(1);
    sightings.rejected = {{worker.build->path, "MarkerMismatch", "a build is being written"}};
  }
  world_.trace("look", root.builds.size());
  return sightings;
}

Result<std::unique_ptr<ModuleContents>> SimDisk::open(const WorkerConfig& worker,
                                                      const Build& build) {
  world_.may_crash("open");
  return std::make_unique<SimContents>([this, id = worker.id, build] {
    const Root& root = roots_[id];
    return root.reachable &&
           std::any_of(root.builds.begin(), root.builds.end(),
                       [&](const Build& now) { return same_generation(now, build); });
  });
}

Result<std::unique_ptr<ModuleContents>> SimDisk::open_assets(const WorkerConfig& worker,
                                                             const Build& build) {
  return open(worker, build);
}

void SimDisk::start_build(const WorkerId& worker) {
  Root& root = roots_[worker];
  root.writing = true;
  if (worker == kShop) root.builds.clear();
}

Published SimDisk::finish_build(const WorkerId& worker, std::uint32_t number) {
  Root& root = roots_[worker];
  Build build = make_build(worker, number, world_.now());
  root.writing = false;
  // The same sources built again take the same directory.
  std::erase_if(root.builds, [&](const Build& old) { return old.root == build.root; });
  if (root.builds.size() == kDirectories) root.builds.erase(root.builds.begin());
  ++root.generations[build.digest];
  root.builds.push_back(build);
  return {build.digest, build.finished_at, build.facts.contains("git.tag")};
}

std::vector<Published> SimDisk::published(const WorkerId& worker) const {
  std::vector<Published> out;
  const auto root = roots_.find(worker);
  if (root == roots_.end()) return out;
  for (const Build& build : root->second.builds) {
    out.push_back({build.digest, build.finished_at, build.facts.contains("git.tag")});
  }
  return out;
}

std::uint64_t SimDisk::generations(const WorkerId& worker, const BundleDigest& digest) const {
  const auto root = roots_.find(worker);
  if (root == roots_.end()) return 0;
  const auto found = root->second.generations.find(digest);
  return found == root->second.generations.end() ? 0 : found->second;
}

}  // namespace rollout
