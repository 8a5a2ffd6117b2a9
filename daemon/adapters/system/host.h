// SPDX-License-Identifier: Apache-2.0
// Names that the host gives.
#pragma once

#include <sys/types.h>

#include <string>

namespace rollout {

std::string host_name();

/// The name of a user, or `uid 1234` where the host has none for it.
std::string user_name(uid_t uid);

}  // namespace rollout
