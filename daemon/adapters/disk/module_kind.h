// SPDX-License-Identifier: Apache-2.0
// Which files of a build are modules, and of what type, as wrangler has it.
// Source: reference, Versions API 1.4 and 10 (module types; what `--outdir` holds besides).
#pragma once

#include <optional>
#include <string_view>

namespace rollout {

inline constexpr std::string_view kMarkerName = ".rollout.json";
inline constexpr std::string_view kBuildInfoName = "build-info.json";

/// Why the file is no module, whatever else is in the build: hidden files, source maps, and at the
/// top level wrangler's README.md and metafile and the files of package managers and configuration.
/// "" where it may be one.
std::string_view no_module_because(std::string_view path);

/// The content type under which the file is sent; none for what is no module. An unknown suffix is
/// data, as in other tools.
std::optional<std::string_view> module_type(std::string_view path);

/// Files that no code names, and that count all the same: `_headers`, `_redirects`.
bool counts_unnamed(std::string_view path);

bool is_source_map(std::string_view path);

/// The marker, or the draft of one.
bool is_marker(std::string_view path);

/// Types that can be a main module.
bool is_code(std::string_view content_type);
inline constexpr std::string_view kEsModule = "application/javascript+module";
inline constexpr std::string_view kCommonJs = "application/javascript";
inline constexpr std::string_view kWasm = "application/wasm";

}  // namespace rollout
