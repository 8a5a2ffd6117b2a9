// SPDX-License-Identifier: Apache-2.0
// File names come from anywhere: what may be in them, and how they are shown.
#pragma once

#include <string>
#include <string_view>

namespace rollout {

/// RFC 3629.
bool is_utf8(std::string_view text);

/// Valid UTF-8 without control characters (C0, DEL, C1).
bool is_clean_name(std::string_view name);

/// In backquotes; control characters and bytes that are no UTF-8 as `\xNN`, so that a name can
/// neither forge a log line nor break a terminal.
std::string shown(std::string_view name);

/// Relative, `/`-separated, clean, without empty, `.` and `..` parts.
bool is_relative_path(std::string_view path);

/// `No such file or directory`.
std::string errno_text(int number);

}  // namespace rollout
