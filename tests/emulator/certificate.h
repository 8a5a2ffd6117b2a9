// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace rollout {

/// A certificate for 127.0.0.1 that signs itself, and its key, both PEM.
void write_certificate(const std::string& certificate, const std::string& key);

}  // namespace rollout
