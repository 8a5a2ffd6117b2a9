// SPDX-License-Identifier: Apache-2.0
// The scan of a module for its imports: no name leads out of the build.
#include "daemon/adapters/disk/imports.h"

#include "daemon/core/model/ensure.h"
#include "tests/fuzz/fuzz.h"

namespace rollout {

void fuzz_one(std::string_view input) {
  for (const std::string& name : relative_imports("folder/index.js", input)) {
    ENSURE(!name.empty(), "an import of nothing");
  }
}

}  // namespace rollout
