// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/signature.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/disk/project_file.h"
#include "daemon/codec/settings_json.h"
#include "daemon/codec/sha256.h"

namespace rollout {
namespace {

class Signer {
 public:
  void add(std::string_view text) {
    add(static_cast<std::int64_t>(text.size()));
    hash_.add(std::as_bytes(std::span(text)));
  }
  void add(std::int64_t number) { hash_.add(std::as_bytes(std::span(&number, 1))); }
  void add(const FileStat& stat) {
    for (const std::uint64_t field : {stat.device, stat.inode, stat.size}) {
      add(static_cast<std::int64_t>(field));
    }
    add(stat.mtime_ns);
    add(stat.ctime_ns);
  }
  void add(const std::vector<TreeEntry>& entries) {
    add(static_cast<std::int64_t>(entries.size()));
    for (const TreeEntry& entry : entries) {
      add(entry.path);
      add(entry.stat);
    }
  }
  void add_outside(const std::string& path) {
    struct stat found{};
    add(path);
    add(::stat(path.c_str(), &found) == 0 ? file_stat(found) : FileStat{});
  }
  Sha256 finish() { return hash_.finish(); }

 private:
  Sha256Stream hash_;
};

}  // namespace

Sha256 signature(const BuildDirectory& directory, const WorkerConfig& worker) {
  Signer signer;
  signer.add(directory.tree.files);
  signer.add(directory.tree.directories);
  if (directory.assets) {
    signer.add(directory.assets->tree.files);
    signer.add(directory.assets->tree.directories);
  }
  const BuildConfig& build = *worker.build;
  for (const std::string& path : places_beside(directory.path, build)) signer.add_outside(path);
  signer.add(build.environment.value_or(""));
  signer.add(build.main.value_or(""));
  signer.add(build.assets.value_or(""));
  signer.add(static_cast<std::int64_t>(build.most_assets));
  const auto* quiet = std::get_if<ReadyQuiet>(&build.ready);
  signer.add(quiet != nullptr ? quiet->quiet.count() : -1);
  signer.add(dump_json(settings_to_json(worker.version)));
  return signer.finish();
}

}  // namespace rollout
