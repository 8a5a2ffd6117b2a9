// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/disk/build_dir.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/adapters/disk/tree.h"

namespace rollout {

namespace fs = std::filesystem;

BuildDir::BuildDir() {
  std::string pattern = testing::TempDir() + "rollout-build-XXXXXX";
  path_ = ::mkdtemp(pattern.data());
}

BuildDir::~BuildDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void BuildDir::write(std::string_view name, std::string_view text) const {
  fs::create_directories(fs::path(at(name)).parent_path());
  std::ofstream(at(name), std::ios::binary | std::ios::trunc) << text;
}

std::string BuildDir::read(std::string_view name) const {
  std::ostringstream out;
  out << std::ifstream(at(name), std::ios::binary).rdbuf();
  return out.str();
}

void BuildDir::remove(std::string_view name) const {
  fs::remove_all(at(name));
}

MarkSummary BuildDir::mark(std::string_view name, std::optional<std::string> main) const {
  auto summary = write_marker({.dir = at(name), .main = std::move(main)});
  if (!summary) {
    ADD_FAILURE() << summary.error().sentence();
    return {};
  }
  return std::move(*summary);
}

Instant BuildDir::last_change() const {
  const Fd root = open_directory(AT_FDCWD, path_);
  const auto tree = walk(root, path_);
  EXPECT_TRUE(tree) << tree.error().detail;
  return tree ? tree->youngest() : Instant{};
}

WorkerConfig worker_of(const std::string& path, Layout layout, Ready ready) {
  WorkerConfig worker;
  worker.id = WorkerId("shop-api");
  worker.build = BuildConfig{.path = path, .layout = layout, .ready = ready, .main = {}};
  return worker;
}

std::vector<std::string> names_and_types(const Build& build) {
  std::vector<std::string> out;
  for (const Module& module : build.modules) out.push_back(module.name + " " + module.content_type);
  return out;
}

std::string content(BuildSource& source, const WorkerConfig& worker, const Build& build,
                    std::string_view module) {
  const auto opened = source.open(worker, build);
  if (!opened) return opened.error().sentence();
  for (const Module& candidate : build.modules) {
    if (candidate.name != module) continue;
    std::string bytes;
    const auto read = (*opened)->read(candidate, [&bytes](std::span<const std::byte> piece) {
      bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
      return true;
    });
    return read ? bytes : read.error().sentence();
  }
  return "no such module";
}

std::vector<std::string> codes(const Sightings& sightings) {
  std::vector<std::string> out;
  for (const RejectedBuild& rejected : sightings.rejected) out.push_back(rejected.code);
  return out;
}

}  // namespace rollout
