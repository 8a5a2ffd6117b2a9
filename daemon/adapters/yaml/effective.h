// SPDX-License-Identifier: Apache-2.0
// The settings of a loaded configuration with where each comes from, for `rolloutctl config show`.
#pragma once

#include <vector>

#include "daemon/adapters/yaml/config_files.h"
#include "daemon/adapters/yaml/yaml_policy_source.h"

namespace rollout {

/// `files` were loaded without errors.
std::vector<EffectiveValue> effective_values(const ConfigFiles& files);

/// A value as one would write it on one line; secrets of bindings are hidden.
std::string write_value(const Node& node);

}  // namespace rollout
