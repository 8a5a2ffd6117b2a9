// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/keys.h"

#include <algorithm>

namespace rollout {

const Key* Table::find(std::string_view name) const {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [name](const Key& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

std::vector<std::string> Table::names() const {
  std::vector<std::string> out;
  for (const Key& key : keys) out.emplace_back(key.name);
  return out;
}

std::span<const FactRow> fact_rows() {
  static constexpr FactRow kFacts[] = {
      {"build.digest", "SHA-256 over the build's modules and settings, 64 hex digits."},
      {"build.files", "Number of modules."},
      {"build.bytes", "Sum of the modules' sizes."},
      {"build.time", "When the build was finished."},
      {"build.name", "The name of the directory that holds the build."},
      {"git.commit", "The commit, in full."},
      {"git.branch", "The branch; absent on a detached head."},
      {"git.tag", "A tag on the commit."},
      {"git.subject", "The first line of the commit's message."},
      {"git.author", "The commit's author."},
      {"git.dirty", "`true` where the work tree had changes."},
      {"package.name", "`name` of package.json."},
      {"package.version", "`version` of package.json."},
      {"info.*", "Any value of build-info.json in the build, by its dotted path."},
      {"worker.name", "The Worker as the configuration names it."},
      {"host.name", "The host that runs the daemon."},
      {"policy.name", "The tagging policy."},
  };
  return kFacts;
}

}  // namespace rollout
