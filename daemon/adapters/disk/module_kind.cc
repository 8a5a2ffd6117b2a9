// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/module_kind.h"

#include <algorithm>
#include <array>

namespace rollout {
namespace {

constexpr std::string_view kPython = "text/x-python";
constexpr std::string_view kText = "text/plain";

struct Suffix {
  std::string_view suffix, type;
};
constexpr std::array kSuffixes{
    Suffix{".js", kEsModule},
    Suffix{".mjs", kEsModule},
    Suffix{".cjs", kCommonJs},
    Suffix{".wasm", kWasm},
    Suffix{".py", kPython},
    Suffix{".wasm?module", kWasm},
    Suffix{".txt", kText},
    Suffix{".html", kText},
    Suffix{".sql", kText},
    Suffix{".json", kText},  // There is no JSON type.
    Suffix{".bin", "application/octet-stream"},
};

/// Files beside the modules, at the top level only.
constexpr std::array<std::string_view, 9> kNoModules{
    "README.md",    "bundle-meta.json",  "wrangler.json",   "wrangler.jsonc", "wrangler.toml",
    "package.json", "package-lock.json", "build-info.json", "tsconfig.json"};

bool is_hidden(std::string_view path) {
  return path.starts_with('.') || path.find("/.") != std::string_view::npos;
}

}  // namespace

std::string_view no_module_because(std::string_view path) {
  if (is_hidden(path)) return "hidden";
  if (is_source_map(path)) return "a source map";
  const bool known = std::find(kNoModules.begin(), kNoModules.end(), path) != kNoModules.end();
  return known ? "a file about the build" : "";
}

bool counts_unnamed(std::string_view path) {
  return path == "_headers" || path == "_redirects";
}

std::optional<std::string_view> module_type(std::string_view path) {
  if (!no_module_because(path).empty()) return std::nullopt;
  if (counts_unnamed(path)) return kText;
  if (path == "requirements.txt") return "text/x-python-requirement";
  for (const Suffix& known : kSuffixes) {
    if (path.ends_with(known.suffix)) return known.type;
  }
  return "application/octet-stream";
}

bool is_marker(std::string_view path) {
  return path.starts_with(kMarkerName) &&
         (path.size() == kMarkerName.size() || path[kMarkerName.size()] == '.');
}

bool is_source_map(std::string_view path) {
  return path.ends_with(".map");
}

bool is_code(std::string_view content_type) {
  return content_type == kEsModule || content_type == kCommonJs || content_type == kPython;
}

}  // namespace rollout
