// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace rollout {

/// Runs `body` in a child process that is root in a user and mount namespace of its own: what it
/// mounts and which limits it sets is gone with it. Its expectations are the caller's.
void in_own_namespace(const std::function<void()>& body);

}  // namespace rollout
