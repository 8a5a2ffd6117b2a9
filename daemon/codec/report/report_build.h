// SPDX-License-Identifier: Apache-2.0
// What a build would become: the output of `build inspect -o json`.
#pragma once

#include "daemon/codec/json.h"
#include "daemon/core/model/build.h"

namespace rollout {

/// Modules with types, sizes and hashes; each setting with its value and the place that gives it;
/// what is inherited from the version before, ignored, and left out; the digest.
Json build_to_json(const Build& build);

/// A list of `file` and `because`.
Json left_out_to_json(const std::vector<LeftOut>& files);

}  // namespace rollout
