// SPDX-License-Identifier: Apache-2.0
// The scan of a module for its imports: any bytes are read to their end, and no name leads out of
// the build.
#include "daemon/codec/script_imports.h"
#include "daemon/core/model/ensure.h"
#include "tests/fuzz/fuzz.h"

namespace rollout {

void fuzz_one(std::string_view input) {
  const auto found = scan_imports(input, [](std::string_view) {});
  for (const auto& import : found.imports) {
    ENSURE(!resolve_import("folder/index.js", import.specifier).starts_with(".."),
           "an import out of the build");
  }
}

}  // namespace rollout
