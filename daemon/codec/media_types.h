// SPDX-License-Identifier: Apache-2.0
// The media type of a file by its name, from Debian's table (package media-types), which the build
// takes into the program: a host that lacks it, or has another, serves the same types.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollout {

/// Text with its charset, as wrangler sends it: `text/html; charset=utf-8`. None where the table
/// does not know the extension. `path` is `/`-separated; case does not count.
std::optional<std::string> media_type(std::string_view path);

/// What follows the last dot of a file's name; empty for `Makefile` and `.profile`.
std::string_view extension_of(std::string_view path);

}  // namespace rollout
