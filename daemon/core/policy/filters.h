// SPDX-License-Identifier: Apache-2.0
// What the filters of a template do to a fact.
#pragma once

#include <expected>
#include <string>

#include "daemon/core/policy/tagging.h"

namespace rollout {

/// Any filter but `fallback`, which is for facts that are not there. The error continues "the fact
/// ...": `"x" is no time`.
std::expected<std::string, std::string> apply_filter(const Template::Filter& filter,
                                                     const std::string& value);

}  // namespace rollout
