// SPDX-License-Identifier: Apache-2.0
// From what a person types to one version of a listing. The API would take prefixes too; this never
// lets it.
#pragma once

#include <string_view>

#include "daemon/core/model/failure.h"
#include "daemon/core/model/version.h"

namespace rollout {

/// A full id, a prefix of at least 4 digits, a number (`v42` or `42`), or a tag. `not_found` where
/// nothing matches, `refused` with the candidates where several do.
Result<Version> resolve_version(const Listing& listing, std::string_view text);

}  // namespace rollout
