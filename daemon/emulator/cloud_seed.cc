// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/core/model/failure.h"
#include "daemon/emulator/cloud.h"
#include "daemon/emulator/cloud_parts.h"
#include "daemon/emulator/version_body.h"

namespace rollout {
namespace {

using Outcome = std::expected<void, std::string>;

const Json& list_member(const Json& object, const char* name) {
  static const Json kNone = Json::array();
  const Json* list = find_member(object, name);
  return list == nullptr ? kNone : *list;
}

std::expected<Instant, std::string> instant_member(const Json& object, Instant otherwise) {
  TRY_ASSIGN(const auto text, string_member(object, "created_on"));
  if (!text) return otherwise;
  if (const auto instant = parse_rfc3339(*text)) return *instant;
  return std::unexpected("`created_on` is no RFC 3339 date");
}

/// A recorded list names a main module and leaves the modules out: an empty one stands in.
Document stand_in_modules(const Json& entry) {
  Json modules = Json::array();
  if (const auto main = string_member(entry, "main_module"); main && *main) {
    modules.push_back({{"name", **main},
                       {"content_type", "application/javascript+module"},
                       {"content_base64", ""}});
  }
  return std::make_shared<const Json>(std::move(modules));
}

std::string sentence(const ApiError& error) {
  return error.pointer.empty() ? error.message
                               : fmt::format("{}: {}", error.pointer, error.message);
}

}  // namespace

std::expected<void, std::string> Cloud::seed(const Json& seed) {
  const Json* workers = find_member(seed, "workers");
  if (workers == nullptr || !workers->is_array()) {
    return std::unexpected("a seed is an object with a list `workers`");
  }
  Cloud trial = *this;
  for (const Json& entry : *workers) {
    if (auto done = trial.seed_worker(entry); !done) {
      const auto name = string_member(entry, "name");
      return std::unexpected(
          fmt::format("Worker `{}`: {}", name && *name ? **name : "without a name", done.error()));
    }
  }
  *this = std::move(trial);
  return {};
}

std::expected<void, std::string> Cloud::seed_worker(const Json& entry) {
  TRY_ASSIGN(const auto name, string_member(entry, "name"));
  if (!name) return std::unexpected("`name` is required");
  if (!workers_.contains(*name)) {
    if (auto made = create_worker(Json{{"name", *name}}); !made) {
      return std::unexpected(sentence(made.error()));
    }
  }
  CloudWorker& worker = workers_.at(*name);
  for (const Json& version : list_member(entry, "versions")) {
    TRY(seed_version(worker, version));
  }
  for (const Json& deployment : list_member(entry, "deployments")) {
    TRY(seed_deployment(worker, deployment));
  }
  // The newest date comes first, whatever order the seed has; ranks follow.
  std::ranges::sort(worker.deployments, std::ranges::greater{},
                    [](const CloudDeployment& one) { return std::pair(one.created_on, one.rank); });
  auto rank = static_cast<std::int64_t>(worker.deployments.size());
  for (CloudDeployment& deployment : worker.deployments) {
    deployment.rank = rank--;
    changed_.insert(deployment_key(worker, deployment));
  }
  if (!worker.deployments.empty()) {
    Json shown = *worker.document;
    shown["deployed_on"] = format_rfc3339(worker.deployments.front().created_on);
    worker.document = std::make_shared<const Json>(std::move(shown));
  }
  return {};
}

std::expected<void, std::string> Cloud::seed_version(CloudWorker& worker, const Json& entry) {
  TRY_ASSIGN(const auto number, integer_member(entry, "number"));
  TRY_ASSIGN(const auto source, string_member(entry, "source"));
  TRY_ASSIGN(const auto id, string_member(entry, "id"));
  TRY_ASSIGN(const Instant created_on, instant_member(entry, now()));
  VersionStamp stamp{
      .id = id.value_or(uuid()),
      .number = number ? static_cast<std::uint64_t>(*number) : worker.last_number + 1,
      .created_on = created_on,
      .source = source.value_or("api")};
  if (number && *number < 1) return std::unexpected("`number` must be at least 1");
  if (version_by_number(worker, stamp.number) != nullptr || worker.ids.contains(stamp.id)) {
    return std::unexpected(fmt::format("version {} exists already", stamp.number));
  }
  const auto fail = [&stamp](const ApiError& error) {
    return std::unexpected(fmt::format("version {}: {}", stamp.number, sentence(error)));
  };
  auto parts = read_version_body(entry, rules_, stand_in_modules(entry));
  if (!parts) return fail(parts.error());
  const Json* bindings = find_member(entry, "bindings");
  const Json given = bindings == nullptr ? Json::array() : *bindings;
  if (auto checked = check_bindings(given, BindingsFrom::recording); !checked)
    return fail(checked.error());
  Json fields = *parts->fields;
  fields["bindings"] = shown_bindings(given);
  parts->fields = std::make_shared<const Json>(std::move(fields));
  add_version(worker, *parts, std::move(stamp));
  return {};
}

std::expected<void, std::string> Cloud::seed_deployment(CloudWorker& worker, const Json& entry) {
  TRY_ASSIGN(const Instant created_on, instant_member(entry, now()));
  Json versions = list_member(entry, "versions");
  for (Json& share : versions) {
    TRY_ASSIGN(const auto number, integer_member(share, "number"));
    if (!number) continue;
    const CloudVersion* version = version_by_number(worker, static_cast<std::uint64_t>(*number));
    if (version == nullptr) {
      return std::unexpected(
          fmt::format("a deployment names version {}, which is not there", *number));
    }
    share["version_id"] = version->id;
  }
  if (auto ids = read_shares(worker, versions); !ids) {
    return std::unexpected("a deployment: " + sentence(ids.error()));
  }
  Json body = entry;
  body["strategy"] = "percentage";
  auto document = read_deployment_body(body);
  if (!document) return std::unexpected("a deployment: " + sentence(document.error()));
  (*document)["source"] = "api";
  (*document)["versions"] = std::move(versions);
  apply_migrations_of(worker, add_deployment(worker, std::move(*document), created_on));
  return {};
}

}  // namespace rollout
