// SPDX-License-Identifier: Apache-2.0
// In a file of its own: a new commit compiles nothing else anew.
#include "daemon/app/program.h"

namespace rollout {

std::string_view program_revision() {
  return ROLLOUT_REVISION;
}

}  // namespace rollout
