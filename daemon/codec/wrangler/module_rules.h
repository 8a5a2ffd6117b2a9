// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/codec/wrangler/project.h"

namespace rollout {

/// Whether the path matches a glob as wrangler's rules have it: `*` stays within one part of the
/// path, `**/` spans parts, all else stands for itself.
bool matches_glob(std::string_view path, std::string_view glob);

/// The content type that the first matching rule gives. None where no rule makes the file a module.
std::optional<std::string> type_by_rules(std::span<const ModuleRule> rules, std::string_view path);

/// The rules that wrangler puts behind those of a project.
std::span<const ModuleRule> default_module_rules();

}  // namespace rollout
