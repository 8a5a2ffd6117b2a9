// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/recorded_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>

#include "daemon/adapters/cloudflare/wire_deployment.h"
#include "daemon/adapters/cloudflare/wire_version.h"
#include "daemon/app/session.h"
#include "daemon/codec/json.h"
#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

constexpr std::size_t kMostBytes = 256 * 1024 * 1024;

template <class T>
using Parsed = std::expected<T, std::string>;

/// The array; an empty one where it may be absent and is.
enum class Presence { required, optional };
Parsed<const Json*> array_member(const Json& object, std::string_view name, Presence presence) {
  static const Json none = Json::array();
  const Json* member = find_member(object, name);
  if (member == nullptr && presence == Presence::optional) return &none;
  if (member == nullptr || !member->is_array())
    return std::unexpected(fmt::format("`{}` must be a list", name));
  return member;
}

Parsed<Listing> read_versions(const Json& entries) {
  Listing listing;
  for (const Json& entry : entries) {
    auto version = version_from_json(entry);
    if (!version)
      return std::unexpected(
          fmt::format("version {} of `result`: {}", listing.versions.size() + 1, version.error()));
    listing.versions.push_back(*std::move(version));
  }
  std::ranges::sort(listing.versions, std::ranges::greater{},
                    [](const Version& version) { return std::pair(version.number, version.id); });
  return listing;
}

Parsed<DeploymentHistory> read_deployments(const Json& entries) {
  DeploymentHistory history;
  for (const Json& entry : entries) {
    auto deployment = deployment_from_json(entry);
    if (!deployment)
      return std::unexpected(fmt::format("deployment {} of `deployments`: {}",
                                         history.deployments.size() + 1, deployment.error()));
    history.deployments.push_back(*std::move(deployment));
  }
  std::ranges::sort(history.deployments, std::ranges::greater{}, [](const Deployment& deployment) {
    return std::tie(deployment.created_on, deployment.id);
  });
  return history;
}

Parsed<std::set<VersionId>> read_pins(const Json& entries) {
  std::set<VersionId> pins;
  for (const Json& entry : entries) {
    const auto id = entry.is_string() ? VersionId::parse(entry.get<std::string>()) : std::nullopt;
    if (!id) return std::unexpected("`pins` must be a list of full version ids");
    pins.insert(*id);
  }
  return pins;
}

std::expected<std::string, std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::unexpected("cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.view().size() > kMostBytes) return std::unexpected("cannot be read whole");
  return std::move(text).str();
}

}  // namespace

std::expected<RecordedList, std::string> parse_recorded_list(std::string_view text) {
  TRY_ASSIGN(const Json json, parse_json(text));
  TRY_ASSIGN(const Json* versions, array_member(json, "result", Presence::required));
  TRY_ASSIGN(const Json* deployments, array_member(json, "deployments", Presence::optional));
  TRY_ASSIGN(const Json* pins, array_member(json, "pins", Presence::optional));
  RecordedList list;
  TRY_ASSIGN(list.listing, read_versions(*versions));
  TRY_ASSIGN(list.history, read_deployments(*deployments));
  TRY_ASSIGN(list.pins, read_pins(*pins));
  return list;
}

OrExit<RecordedList> read_recorded_list(const std::string& path, Session& session) {
  const auto text = read_whole(path);
  if (!text) return session.fail(kExitFailed, fmt::format("{}: {}", path, text.error()));
  auto list = parse_recorded_list(*text);
  if (!list) return session.fail(kExitFailed, fmt::format("{}: {}", path, list.error()));
  return *std::move(list);
}

}  // namespace rollout
