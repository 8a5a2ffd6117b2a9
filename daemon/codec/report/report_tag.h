// SPDX-License-Identifier: Apache-2.0
// What a build would be tagged with, and how that came about: the output of `policy tag -o json`.
#pragma once

#include "daemon/codec/json.h"
#include "daemon/core/model/build.h"
#include "daemon/core/policy/rendering.h"

namespace rollout {

/// Tag and message with their budgets in bytes, the rule that held, and every fact with its origin
/// and its uses (`require`, `when`, `tag`, `message`). A fact that the rule names and the build
/// lacks has `looked_for` in place of a value.
Json tag_to_json(const TaggingPolicy& policy, const Build& build, const Facts& facts,
                 const Rendering& made);

/// The facts alone, with no use of them: for a build that is refused.
Json facts_to_json(const Facts& facts);

}  // namespace rollout
