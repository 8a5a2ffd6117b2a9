// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/heritage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace rollout {
namespace {

using Names = std::vector<std::string>;

bool is_secret(const Binding& binding) {
  return binding.type == "secret_text" || binding.type == "secret_key";
}

bool is_variable(const Binding& binding) {
  return binding.type == "plain_text" || binding.type == "json";
}

bool has(const std::vector<Binding>& bindings, const std::string& name) {
  return std::ranges::find(bindings, name, &Binding::name) != bindings.end();
}

/// Bindings of the version before that the build does not declare itself.
template <class Wanted>
Names undeclared(const Build& build, const VersionDetail* before, Wanted wanted) {
  Names names;
  if (before == nullptr) return names;
  for (const Binding& binding : before->settings.bindings) {
    if (wanted(binding) && !has(build.settings.bindings, binding.name)) {
      names.push_back(binding.name);
    }
  }
  return names;
}

/// The steps after the one that the version before has run. As wrangler does: all of them where
/// that one is not known any more.
std::optional<PendingMigrations> pending(const Build& build, const VersionDetail* before) {
  const auto& steps = build.heritage.migrations;
  if (steps.empty() || build.settings.migrations || build.settings.exports) return std::nullopt;
  const auto tag = before == nullptr ? std::nullopt : before->migration_tag;
  auto first = steps.begin();
  if (tag) {
    const auto run = std::ranges::find(steps, *tag, &MigrationStep::tag);
    if (run != steps.end()) first = run + 1;
  }
  if (first == steps.end()) return std::nullopt;
  return PendingMigrations{tag, {first, steps.end()}};
}

}  // namespace

bool needs_the_version_before(const Build& build, Secrets secrets) {
  const Heritage& heritage = build.heritage;
  return secrets != Secrets::drop || !heritage.migrations.empty() ||
         !heritage.required_secrets.empty() || heritage.variables == Variables::kept;
}

std::expected<Inherited, std::string> inherited(const Build& build, Secrets secrets,
                                                const VersionDetail* before) {
  Inherited out;
  Names kept = undeclared(build, before, is_secret);
  for (const std::string& name : build.heritage.required_secrets) {
    if (has(build.settings.bindings, name)) continue;
    const auto found = std::ranges::find(kept, name);
    if (found == kept.end()) {
      return std::unexpected(fmt::format(
          "the build's configuration requires the secret {}, and the version before has none of "
          "that name; put it with `wrangler versions secret put {}`",
          name, name));
    }
    if (secrets == Secrets::inherit) continue;
    kept.erase(found);
    out.bindings.push_back(name);
  }
  if (secrets == Secrets::inherit) {
    out.bindings.insert(out.bindings.end(), kept.begin(), kept.end());
  } else if (secrets == Secrets::named && !kept.empty()) {
    return std::unexpected(fmt::format(
        "the version would lose the secret{} {}, which the version before has; name {} with an "
        "`inherit` binding, or say `secrets: drop`",
        kept.size() == 1 ? "" : "s", fmt::join(kept, ", "), kept.size() == 1 ? "it" : "them"));
  }
  if (build.heritage.variables == Variables::kept) {
    const Names variables = undeclared(build, before, is_variable);
    out.bindings.insert(out.bindings.end(), variables.begin(), variables.end());
  }
  std::ranges::sort(out.bindings);
  out.migrations = pending(build, before);
  return out;
}

}  // namespace rollout
