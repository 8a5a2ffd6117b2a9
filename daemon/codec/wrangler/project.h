// SPDX-License-Identifier: Apache-2.0
// What a project's wrangler configuration says of the version that its build becomes.
// Source: wrangler 4, its configuration's schema and `createWorkerUploadForm`.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/codec/wrangler/document.h"
#include "daemon/core/model/settings.h"

namespace rollout {

/// Files whose path below the base directory matches one of `globs` are modules of that type.
struct ModuleRule {
  std::string content_type;
  std::vector<std::string> globs;
  bool fallthrough = false;  ///< Later rules of the same type count as well.
};

struct Project {
  std::optional<std::string> name;  ///< Of the Worker, that of the environment where one is chosen.
  std::optional<std::string> main;  ///< As written: relative to the configuration.
  std::optional<std::string> base_dir;
  bool no_bundle = false;
  bool find_additional_modules = false;
  std::vector<ModuleRule> rules;                ///< In order, before wrangler's own.
  VersionSettings settings;                     ///< Without migrations.
  std::vector<MigrationStep> migrations;        ///< All that ever were, the oldest first.
  std::optional<std::string> assets_directory;  ///< As written: relative to the configuration.
  std::vector<std::string> required_secrets;
  bool keep_vars = false;  ///< Variables of the version before stay where this one has none.
  /// Members that are set and are no part of a version: `routes`, `observability` ...
  std::vector<std::string> ignored;
  /// Where each setting stands: `compatibility_date`, `bindings/DB` -> line.
  std::map<std::string, int> lines;
};

/// Reads the text of a `wrangler.json(c)` or `wrangler.toml`; without `environment` the top level.
std::expected<Project, DocumentProblem> read_project(std::string_view text, Syntax syntax,
                                                     const std::optional<std::string>& environment);

}  // namespace rollout
