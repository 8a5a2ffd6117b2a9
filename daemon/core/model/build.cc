// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/build.h"

#include <algorithm>
#include <string_view>

namespace rollout {
namespace {

/// Length first, as eight bytes, so that no two lists of fields have the same text.
void put(std::string& out, std::string_view field) {
  const std::uint64_t size = field.size();
  for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>(size >> shift);
  out += field;
}

}  // namespace

std::string AssetSet::digest_preimage() const {
  std::string out;
  put(out, "rolloutd assets 1");
  for (const Asset& asset : files) {
    put(out, asset.file.name);
    put(out, asset.hash);
  }
  return out;
}

std::string digest_preimage(const std::vector<Module>& modules,
                            const std::optional<std::string>& main_module,
                            const JsonText& settings_json) {
  std::vector<const Module*> sorted;
  sorted.reserve(modules.size());
  for (const Module& module : modules) sorted.push_back(&module);
  std::sort(sorted.begin(), sorted.end(),
            [](const Module* a, const Module* b) { return a->name < b->name; });
  std::string out;
  put(out, "rolloutd build digest 1");
  put(out, main_module ? "main" : "no main");
  put(out, main_module.value_or(""));
  for (const Module* module : sorted) {
    put(out, "module");
    put(out, module->name);
    put(out, module->content_type);
    put(out, module->sha256.hex());
  }
  put(out, "settings");
  put(out, settings_json.text);
  return out;
}

}  // namespace rollout
