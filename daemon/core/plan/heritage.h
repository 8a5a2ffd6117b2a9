// SPDX-License-Identifier: Apache-2.0
// What a new version takes from the one before it. The API carries nothing over by itself, and
// gives no secret out: a version that is to keep one must inherit it by name.
#pragma once

#include <expected>
#include <string>

#include "daemon/core/model/build.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// Whether the version before has to be read for `inherited`.
bool needs_the_version_before(const Build& build, Secrets secrets);

/// `before` is the latest version, null where there is none. The error is one sentence: a secret
/// would be lost, or one that the build's configuration requires is not there.
std::expected<Inherited, std::string> inherited(const Build& build, Secrets secrets,
                                                const VersionDetail* before);

}  // namespace rollout
