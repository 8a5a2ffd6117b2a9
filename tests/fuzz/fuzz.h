// SPDX-License-Identifier: Apache-2.0
// What every fuzzer defines. It fails by a sanitizer's report or by `ENSURE`.
#pragma once

#include <string_view>

namespace rollout {

/// One input, however hostile.
void fuzz_one(std::string_view input);

}  // namespace rollout
