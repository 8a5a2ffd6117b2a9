// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/ensure.h"

#include <cstdio>
#include <cstdlib>

namespace rollout {

void ensure_failed(std::string_view what, std::source_location where) {
  std::fprintf(stderr, "rolloutd: broken invariant: %.*s (%s:%u)\n", static_cast<int>(what.size()),
               what.data(), where.file_name(), static_cast<unsigned>(where.line()));
  std::abort();
}

}  // namespace rollout
