// SPDX-License-Identifier: Apache-2.0
// What the parts of `Cloud` share: paging, finding a version, reading shares, keys of records.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/emulator/api_error.h"
#include "daemon/emulator/cloud_types.h"

namespace rollout {

/// Items `at(0)` to `at(count - 1)`, cut to the page; empty beyond the end.
template <class At>
ApiResult<DocumentPage> page_of(const PageQuery& query, std::size_t count, At at) {
  if (query.page < 1) return refuse(ApiCode::bad_parameter, "page must be at least 1.");
  if (query.per_page < 1 || query.per_page > 100) {
    return refuse(ApiCode::bad_parameter, "per_page must be from 1 to 100.");
  }
  DocumentPage page{.items = {}, .query = query, .total_count = count};
  const auto size = static_cast<std::size_t>(query.per_page);
  const auto before = static_cast<std::size_t>(query.page - 1);
  if (before > count / size) return page;
  for (std::size_t i = before * size; i < std::min(count, (before + 1) * size); ++i) {
    page.items.push_back(at(i));
  }
  return page;
}

/// By full id, by a prefix of at least 8 digits that only one version has, or `latest`.
ApiResult<const CloudVersion*> find_version(const CloudWorker& worker, std::string_view version);

/// By full id only; null where there is none.
const CloudVersion* version_by_id(const CloudWorker& worker, const std::string& id);
const CloudVersion* version_by_number(const CloudWorker& worker, std::uint64_t number);

/// Checks one or two entries `{version_id, percentage}` that add up to 100 and exist; the answer
/// has their ids.
ApiResult<std::vector<std::string>> read_shares(const CloudWorker& worker, const Json& versions);

/// The deployment's document without id and dates.
ApiResult<Json> read_deployment_body(const Json& body);

/// Adds the classes that a `migrations` object creates and takes away those that it deletes.
void apply_migrations(std::set<std::string>& classes, const Json& migrations);

std::string asset_key(std::string_view hash);
std::string asset_session_key(std::string_view id);
std::string worker_key(const CloudWorker& worker);
std::string version_key(const CloudWorker& worker, const CloudVersion& version);
std::string deployment_key(const CloudWorker& worker, const CloudDeployment& deployment);

}  // namespace rollout
