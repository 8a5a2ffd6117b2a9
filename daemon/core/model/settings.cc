// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/settings.h"

#include <algorithm>

namespace rollout {
namespace {

template <class T>
void replace(std::optional<T>& value, const std::optional<T>& over) {
  if (over) value = over;
}

void merge_into(Limits& limits, const Limits& over) {
  replace(limits.cpu_ms, over.cpu_ms);
  replace(limits.subrequests, over.subrequests);
}

void merge_into(AssetsConfig& assets, const AssetsConfig& over) {
  replace(assets.base_path, over.base_path);
  replace(assets.html_handling, over.html_handling);
  replace(assets.not_found_handling, over.not_found_handling);
  replace(assets.run_worker_first, over.run_worker_first);
}

template <class T>
void merge_fields(std::optional<T>& value, const std::optional<T>& over) {
  if (!over) return;
  if (!value) value.emplace();
  merge_into(*value, *over);
}

}  // namespace

VersionSettings merged(VersionSettings settings, const VersionSettings& over) {
  replace(settings.compatibility_date, over.compatibility_date);
  if (!over.compatibility_flags.empty()) settings.compatibility_flags = over.compatibility_flags;
  merge_fields(settings.limits, over.limits);
  merge_fields(settings.assets, over.assets);
  replace(settings.usage_model, over.usage_model);
  replace(settings.placement, over.placement);
  replace(settings.migrations, over.migrations);
  replace(settings.exports, over.exports);
  replace(settings.containers, over.containers);
  replace(settings.cache_options, over.cache_options);
  replace(settings.package_dependencies, over.package_dependencies);
  std::erase_if(settings.bindings, [&over](const Binding& binding) {
    return std::ranges::find(over.bindings, binding.name, &Binding::name) != over.bindings.end();
  });
  settings.bindings.insert(settings.bindings.end(), over.bindings.begin(), over.bindings.end());
  std::ranges::sort(settings.bindings);
  return settings;
}

}  // namespace rollout
