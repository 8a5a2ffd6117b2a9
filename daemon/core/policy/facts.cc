// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>

#include "daemon/core/policy/tagging.h"

namespace rollout {
namespace {

constexpr std::string_view kBuild[] = {"digest", "files", "bytes", "time", "name"};
constexpr std::string_view kGit[] = {"commit", "branch", "tag", "subject", "author", "dirty"};
constexpr std::string_view kPackage[] = {"name", "version"};
constexpr std::string_view kName[] = {"name"};

struct Family {
  std::string_view name;
  std::span<const std::string_view> facts;  ///< Empty: any name.
  std::string_view source;
};
constexpr std::array kFamilies{
    Family{"build", kBuild, "the build itself"},
    Family{"git", kGit, "the build's marker, then the repository that holds the build"},
    Family{"package", kPackage,
           "the build's marker, then package.json in the build's directory or a parent up to its "
           "repository"},
    Family{"info", {}, "build-info.json in the build"},
    Family{"worker", kName, "the configuration"},
    Family{"host", kName, "the configuration"},
    Family{"policy", kName, "the configuration"},
};

const Family* family_of(std::string_view name) {
  const auto found = std::find_if(kFamilies.begin(), kFamilies.end(), [&](const Family& family) {
    return family.name == name.substr(0, name.find('.'));
  });
  return found == kFamilies.end() ? nullptr : &*found;
}

}  // namespace

std::optional<std::string_view> fact_source(std::string_view name) {
  const Family* family = family_of(name);
  const auto dot = name.find('.');
  if (family == nullptr || dot == std::string_view::npos || dot + 1 == name.size()) {
    return std::nullopt;
  }
  const auto& facts = family->facts;
  const bool known =
      facts.empty() || std::find(facts.begin(), facts.end(), name.substr(dot + 1)) != facts.end();
  return known ? std::optional(family->source) : std::nullopt;
}

std::string no_such_fact(std::string_view name) {
  if (const Family* family = family_of(name)) {
    if (family->facts.empty()) {
      return fmt::format("{} is no fact; write {}. and a dotted path", name, family->name);
    }
    return fmt::format("{} is no fact; {} has {}", name, family->name,
                       fmt::join(family->facts, ", "));
  }
  return fmt::format(
      "{} is no fact; facts begin with build, git, package, info, worker, host or policy", name);
}

Facts all_facts(const Build& build, const PolicyName& policy, std::string_view worker,
                std::string_view host) {
  constexpr const char* kFromBuild = "the build";
  constexpr const char* kFromConfiguration = "the configuration";
  Facts facts = build.facts;
  facts["build.digest"] = {build.digest.hex(), kFromBuild};
  facts["build.files"] = {std::to_string(build.modules.size()), kFromBuild};
  facts["build.bytes"] = {std::to_string(build.bytes), kFromBuild};
  facts["build.time"] = {format_rfc3339(build.finished_at), kFromBuild};
  facts["build.name"] = {build.name, kFromBuild};
  facts["worker.name"] = {std::string(worker), kFromConfiguration};
  facts["host.name"] = {std::string(host), kFromConfiguration};
  facts["policy.name"] = {policy.text(), kFromConfiguration};
  return facts;
}

}  // namespace rollout
