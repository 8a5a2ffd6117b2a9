// SPDX-License-Identifier: Apache-2.0
// The marker of a build: what was read and written again reads as the same.
#include "daemon/adapters/disk/marker.h"

#include "daemon/core/model/ensure.h"
#include "tests/fuzz/fuzz.h"

namespace rollout {

void fuzz_one(std::string_view input) {
  const auto marker = parse_marker(input);
  if (!marker) {
    ENSURE(!marker.error().empty(), "a refused marker without a sentence");
    return;
  }
  const std::string written = format_marker(*marker);
  const auto again = parse_marker(written);
  ENSURE(again && format_marker(*again) == written, "a marker that reads otherwise than written");
}

}  // namespace rollout
