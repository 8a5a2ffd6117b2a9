// SPDX-License-Identifier: Apache-2.0
// Everything of a version but its modules and annotations.
// Source: Versions API, POST /accounts/{id}/workers/workers/{id}/versions (OpenAPI description).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rollout {

/// A complete, valid JSON value as canonical text (sorted keys, no white space). Core never looks
/// inside; `codec/json.h` makes and reads it.
struct JsonText {
  std::string text;
  auto operator<=>(const JsonText&) const = default;
};

/// One entry of `bindings`. `json` is the whole object, `name` and `type` included.
struct Binding {
  std::string name;
  std::string type;
  JsonText json;
  auto operator<=>(const Binding&) const = default;
};

struct Limits {
  std::optional<std::int64_t> cpu_ms;
  std::optional<std::int64_t> subrequests;
  auto operator<=>(const Limits&) const = default;
};

/// `run_worker_first`: for every path, or for paths that match one of the rules.
using RunWorkerFirst = std::variant<bool, std::vector<std::string>>;

struct AssetsConfig {
  std::optional<std::string> base_path;
  std::optional<std::string> html_handling;
  std::optional<std::string> not_found_handling;
  std::optional<RunWorkerFirst> run_worker_first;
  auto operator<=>(const AssetsConfig&) const = default;
};

/// One entry of a project's migrations of Durable Object classes. `change` is the object without
/// its tag: `new_sqlite_classes`, `renamed_classes` ...
struct MigrationStep {
  std::string tag;
  JsonText change;
  auto operator<=>(const MigrationStep&) const = default;
};

/// Absent fields are not sent. Pass-through objects are kept as JSON text.
struct VersionSettings {
  std::optional<std::string> compatibility_date;  ///< YYYY-MM-DD.
  std::vector<std::string> compatibility_flags;
  std::optional<Limits> limits;
  std::vector<Binding> bindings;  ///< Sorted by name; names are unique.
  std::optional<AssetsConfig> assets;
  std::optional<std::string> usage_model;
  std::optional<JsonText> placement;
  std::optional<JsonText> migrations;  ///< Write-only; excludes `exports`.
  std::optional<JsonText> exports;
  std::optional<JsonText> containers;
  std::optional<JsonText> cache_options;
  std::optional<JsonText> package_dependencies;
  auto operator<=>(const VersionSettings&) const = default;
};

/// `over` over `settings`: what it sets replaces, lists as a whole; limits and assets merge by key,
/// bindings by name (design: formats, "Precedence").
VersionSettings merged(VersionSettings settings, const VersionSettings& over);

}  // namespace rollout
