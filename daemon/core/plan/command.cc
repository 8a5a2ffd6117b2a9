// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/command.h"

namespace rollout {

const WorkerId& worker_of(const Command& command) {
  return std::visit([](const auto& c) -> const WorkerId& { return c.worker; }, command);
}

}  // namespace rollout
