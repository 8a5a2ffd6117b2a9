// SPDX-License-Identifier: Apache-2.0
// Sections of rolloutd.yaml -> parts of `Config`.
#pragma once

#include <string>

#include "daemon/adapters/yaml/problems.h"
#include "daemon/adapters/yaml/view.h"
#include "daemon/core/plan/config.h"

namespace rollout {

ServiceConfig build_service(const View& service);
AccountConfig build_account(const std::string& name, const View& account);
BuildConfig build_build(const View& build);

/// Exactly one source must be given.
void check_token(const View& account, const std::string& path, Problems& problems);

/// Settings that the API would refuse are problems at the place of what is wrong.
VersionSettings build_settings(const View& version, const std::string& path, Problems& problems);

}  // namespace rollout
