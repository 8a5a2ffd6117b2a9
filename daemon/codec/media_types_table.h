// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace rollout {

/// The lines that name an extension of Debian's /etc/mime.types as it was when the program was
/// built.
std::string_view media_types_table();

}  // namespace rollout
